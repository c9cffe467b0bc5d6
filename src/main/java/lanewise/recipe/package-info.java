/** Networks with their data and their training, ready to run: the five articles' and others. */
@NullMarked
package lanewise.recipe;

import org.jspecify.annotations.NullMarked;
