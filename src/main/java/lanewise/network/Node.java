package lanewise.network;

import java.util.List;
import lanewise.layer.Layer;
import lanewise.shape.Shape;

/**
 * A layer at its place in a network. The values that flow are numbered: 0 is the network's input,
 * {@code i} the output of node {@code i − 1}.
 *
 * @param layer what it computes
 * @param inputs numbers of the values it reads, each less than its own
 * @param inputShape shape of its first input, one sample
 * @param outputShape shape of its output, one sample
 * @param parametersOffset where its parameters begin in the network's
 * @param parametersSize the number of its parameters' elements
 */
record Node(
    Layer layer,
    List<Integer> inputs,
    Shape inputShape,
    Shape outputShape,
    int parametersOffset,
    int parametersSize) {}
