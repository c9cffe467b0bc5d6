package lanewise.cli.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Costs on the left axis and accuracies, known by their name, on the right one, which runs from 0
 * to 1.
 */
record CostCurve(String title, String xLabel, double[] x, Map<String, double[]> series)
    implements Picture {
  private static final int MARKED = 60; // more points than that run together
  private static final String ACCURACY = "accuracy";
  private static final Marker[] MARKERS = {
    SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE, SeriesMarkers.DIAMOND, SeriesMarkers.TRIANGLE_UP
  };

  CostCurve {
    if (series.isEmpty()) {
      throw new IllegalArgumentException("Plots: a cost curve needs at least one series");
    }
    series.forEach((name, y) -> checkLength(name, x.length, y.length));
  }

  private static void checkLength(String name, int expected, int got) {
    if (expected == 0 || got != expected) {
      throw new IllegalArgumentException(
          "Plots: '%s' must have one value for each of the %d points, got %d"
              .formatted(name, expected, got));
    }
  }

  @Override
  public int height() {
    return 500;
  }

  @Override
  public void draw(Graphics2D graphics) {
    XYChart chart = Charts.chart(WIDTH, height(), title);
    chart.setXAxisTitle(xLabel);
    XYStyler styler = chart.getStyler();
    styler.setMarkerSize(7);
    styler.setXAxisMaxLabelCount(12);
    styler.setXAxisDecimalPattern("0.###");
    int index = 0;
    for (Map.Entry<String, double[]> entry : series.entrySet()) {
      add(chart, index++, entry.getKey(), entry.getValue());
    }
    chart.paint(graphics, WIDTH, height());
  }

  private void add(XYChart chart, int index, String name, double[] y) {
    boolean accuracy = isAccuracy(name);
    Color color = ColorScale.CATEGORIES.get(index % ColorScale.CATEGORIES.size());
    XYSeries added = chart.addSeries(name, x, y);
    added.setLineColor(color);
    added.setLineStyle(
        new BasicStroke(
            2f,
            BasicStroke.CAP_ROUND,
            BasicStroke.JOIN_ROUND,
            1f,
            accuracy ? new float[] {7f, 5f} : null,
            0f));
    added.setMarkerColor(color);
    added.setMarker(x.length > MARKED ? SeriesMarkers.NONE : MARKERS[index % MARKERS.length]);
    int axis = accuracy && hasCosts() ? 1 : 0;
    added.setYAxisGroup(axis);
    chart.setYAxisGroupTitle(axis, accuracy ? "accuracy (share of samples)" : lastWord(name));
    if (axis == 1) {
      chart.getStyler().setYAxisGroupPosition(1, Styler.YAxisPosition.Right);
    }
    if (accuracy) {
      chart.getStyler().setYAxisMin(axis, 0.0);
      chart.getStyler().setYAxisMax(axis, 1.0);
    }
  }

  private boolean hasCosts() {
    return series.keySet().stream().anyMatch(name -> !isAccuracy(name));
  }

  private static boolean isAccuracy(String name) {
    return name.toLowerCase(Locale.ROOT).contains(ACCURACY);
  }

  /** What "training loss" and "validation loss" share. */
  private static String lastWord(String name) {
    return name.substring(name.lastIndexOf(' ') + 1);
  }
}
