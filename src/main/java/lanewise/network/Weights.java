package lanewise.network;

/**
 * The parameters of one node within the network's.
 *
 * @param values the network's parameters
 * @param gradients the plan's gradients, laid out alike; empty in inference
 * @param offset where the node's begin in both
 */
record Weights(float[] values, float[] gradients, int offset) {}
