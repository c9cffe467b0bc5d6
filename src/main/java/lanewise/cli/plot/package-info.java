/** The pictures of the command line, each as a PNG and an SVG file. */
@NullMarked
package lanewise.cli.plot;

import org.jspecify.annotations.NullMarked;
