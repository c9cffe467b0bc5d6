package lanewise.cli.plot;

import java.awt.Color;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;

/** The common look of the charts. */
final class Charts {
  private static final Color GRID = new Color(0xDDDDDD);

  private Charts() {}

  /** A chart without series, white, its legend below. */
  static XYChart chart(int width, int height, String title) {
    XYChart chart = new XYChart(width, height);
    chart.setTitle(title);
    XYStyler styler = chart.getStyler();
    styler.setLocale(Locale.ROOT);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotGridLinesColor(GRID);
    styler.setPlotBorderColor(Color.DARK_GRAY);
    styler.setChartTitleBoxVisible(false);
    styler.setChartTitlePadding(10);
    styler.setChartTitleFont(Text.TITLE);
    styler.setAxisTitleFont(Text.AXIS);
    styler.setAxisTickLabelsFont(Text.LABEL);
    styler.setAxisTickLabelsColor(Color.BLACK);
    styler.setLegendFont(Text.LABEL);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Horizontal);
    return chart;
  }
}
