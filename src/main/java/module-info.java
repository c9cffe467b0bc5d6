/** Trains and runs neural networks on the CPU, in pure Java, on the Vector API. */
module lanewise {
  requires jdk.incubator.vector;
  requires static VectorGraphics2D;
  requires static info.picocli;
  requires static java.desktop;
  requires static java.management;
  requires static jdk.management;
  requires static org.jspecify;
  requires static org.knowm.xchart;

  exports lanewise;
  exports lanewise.data;
  exports lanewise.io;
  exports lanewise.kernel;
  exports lanewise.layer;
  exports lanewise.loss;
  exports lanewise.network;
  exports lanewise.optimizer;
  exports lanewise.random;
  exports lanewise.shape;
  exports lanewise.train;

  opens lanewise.cli to
      info.picocli;
}
