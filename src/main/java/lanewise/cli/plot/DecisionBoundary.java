package lanewise.cli.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import lanewise.data.Dataset;
import lanewise.network.Network;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The probability of class 1 over the plane, the line where it is one half, and the samples. */
final class DecisionBoundary implements Picture {
  private static final int CELLS = 240; // along each axis: 2 to 3 pixels each
  private static final double MARGIN = 0.08; // of the samples' extent, on each side
  private static final Color CLEAR = new Color(255, 255, 255, 0);
  private static final Color[] COLORS = {new Color(0x053061), new Color(0x8C2D04)};
  private static final Marker[] MARKERS = {SeriesMarkers.CIRCLE, SeriesMarkers.TRIANGLE_UP};

  private final Dataset data;
  private final float[] points; // [size, 2]
  private final double[] low = new double[2];
  private final double[] high = new double[2];
  private final float[] field; // [CELLS + 1, CELLS + 1], at the corners of the cells, by rising x2

  DecisionBoundary(Dataset data, Network network) {
    int outputs = network.outputShape().size();
    if (data.sampleShape().size() != 2 || data.classes() != 2 || outputs > 2) {
      throw new IllegalArgumentException(
          "Plots: a decision boundary needs 2 features, 2 classes and 1 or 2 outputs, got "
              + "samples of %s, %d classes and %d outputs"
                  .formatted(data.sampleShape(), data.classes(), outputs));
    }
    this.data = data;
    this.points = new float[2 * data.size()];
    for (int i = 0; i < data.size(); i++) {
      data.sample(i, points, 2 * i);
    }
    for (int axis = 0; axis < 2; axis++) {
      range(axis);
    }
    this.field = field(network, outputs);
  }

  private void range(int axis) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = axis; i < points.length; i += 2) {
      min = Math.min(min, points[i]);
      max = Math.max(max, points[i]);
    }
    double margin = max > min ? MARGIN * (max - min) : 1;
    low[axis] = min - margin;
    high[axis] = max + margin;
  }

  private double position(int axis, double corner) {
    return low[axis] + corner / CELLS * (high[axis] - low[axis]);
  }

  private float[] field(Network network, int outputs) {
    int corners = CELLS + 1;
    float[] inputs = new float[corners * corners * 2]; // [corners, corners, 2]
    for (int i = 0; i < corners * corners; i++) {
      int row = i / corners;
      inputs[2 * i] = (float) position(0, i % corners);
      inputs[2 * i + 1] = (float) position(1, row);
    }
    float[] answers = network.predict(inputs, corners * corners);
    float[] probabilities = new float[corners * corners];
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] = answers[i * outputs + outputs - 1];
    }
    return probabilities;
  }

  @Override
  public int height() {
    return 600;
  }

  @Override
  public void draw(Graphics2D g) {
    int width = WIDTH - ColorBar.WIDTH;
    XYChart chart = chart(width);
    layOut(chart, width);
    int left = (int) Math.round(chart.getScreenXFromChart(low[0]));
    int right = (int) Math.round(chart.getScreenXFromChart(high[0]));
    int top = (int) Math.round(chart.getScreenYFromChart(high[1]));
    int bottom = (int) Math.round(chart.getScreenYFromChart(low[1]));
    Raster.draw(
        g, left, top, right - left, bottom - top, CELLS, CELLS, (x, y) -> cell(x, CELLS - 1 - y));
    g.setColor(Color.BLACK);
    g.setStroke(new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(
        contour(x -> left + x / CELLS * (right - left), y -> bottom - y / CELLS * (bottom - top)));
    chart.paint(g, width, height());
    String name = "probability of class '" + data.classNames().get(1) + "'";
    new ColorBar(ColorScale.PALE_BLUE_RED, 0, 1, name).draw(g, width + 8, top, bottom - top);
  }

  /** A chart knows where its axes are only once it is painted. */
  private void layOut(XYChart chart, int width) {
    Graphics2D nowhere =
        new BufferedImage(WIDTH, height(), BufferedImage.TYPE_INT_RGB).createGraphics();
    chart.paint(nowhere, width, height());
    nowhere.dispose();
  }

  private XYChart chart(int width) {
    XYChart chart = Charts.chart(width, height(), "Decision boundary (line: probability 0.5)");
    chart.setXAxisTitle("x1");
    chart.setYAxisTitle("x2");
    XYStyler styler = chart.getStyler();
    styler.setChartBackgroundColor(CLEAR);
    styler.setPlotBackgroundColor(CLEAR);
    styler.setLegendBackgroundColor(CLEAR);
    styler.setPlotGridLinesVisible(false);
    styler.setPlotContentSize(1);
    styler.setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    styler.setMarkerSize(data.size() > 1000 ? 4 : 7);
    styler.setXAxisMin(low[0]);
    styler.setXAxisMax(high[0]);
    styler.setYAxisMin(low[1]);
    styler.setYAxisMax(high[1]);
    for (int c = 0; c < 2; c++) {
      addClass(chart, c);
    }
    return chart;
  }

  private void addClass(XYChart chart, int c) {
    double[] x = new double[data.size()];
    double[] y = new double[data.size()];
    int count = 0;
    for (int i = 0; i < data.size(); i++) {
      if (data.label(i) == c) {
        x[count] = points[2 * i];
        y[count++] = points[2 * i + 1];
      }
    }
    if (count > 0) {
      String name = "class '" + data.classNames().get(c) + "'";
      XYSeries series = chart.addSeries(name, Arrays.copyOf(x, count), Arrays.copyOf(y, count));
      series.setMarkerColor(COLORS[c]);
      series.setMarker(MARKERS[c]);
    }
  }

  private float corner(int x, int y) {
    return field[y * (CELLS + 1) + x];
  }

  private Color cell(int x, int y) {
    float sum = corner(x, y) + corner(x + 1, y) + corner(x, y + 1) + corner(x + 1, y + 1);
    return ColorScale.PALE_BLUE_RED.at(sum / 4);
  }

  /** The line where the field is one half, by marching triangles: each cell is cut into two. */
  private Path2D contour(DoubleUnaryOperator screenX, DoubleUnaryOperator screenY) {
    Path2D path = new Path2D.Double();
    for (int y = 0; y < CELLS; y++) {
      for (int x = 0; x < CELLS; x++) {
        int[][] cornersOfCell = {{x, y}, {x + 1, y}, {x + 1, y + 1}, {x, y + 1}};
        cut(path, screenX, screenY, cornersOfCell[0], cornersOfCell[1], cornersOfCell[2]);
        cut(path, screenX, screenY, cornersOfCell[0], cornersOfCell[2], cornersOfCell[3]);
      }
    }
    return path;
  }

  /** Adds the segment on which the field, linear over the triangle, is one half. */
  private void cut(
      Path2D path, DoubleUnaryOperator screenX, DoubleUnaryOperator screenY, int[]... triangle) {
    boolean started = false;
    for (int i = 0; i < 3; i++) {
      int[] a = triangle[i];
      int[] b = triangle[(i + 1) % 3];
      double atA = corner(a[0], a[1]) - 0.5;
      double atB = corner(b[0], b[1]) - 0.5;
      if (atA < 0 == atB < 0) {
        continue;
      }
      double share = atA / (atA - atB);
      double x = screenX.applyAsDouble(a[0] + share * (b[0] - a[0]));
      double y = screenY.applyAsDouble(a[1] + share * (b[1] - a[1]));
      if (started) {
        path.lineTo(x, y);
      } else {
        path.moveTo(x, y);
        started = true;
      }
    }
  }
}
