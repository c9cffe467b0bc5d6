package lanewise.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What became slower between two reports, each result taken as a fraction of its own run's peak.
 * Peers and the machine's own figures are left out.
 *
 * @param fallen the results that fell by more than {@link #TOLERANCE}
 * @param compared how many results both reports have
 * @param missing how many results only the old report has
 */
record Comparison(List<Fall> fallen, int compared, int missing) {
  /** What two runs of the same code may differ by. */
  static final double TOLERANCE = 0.05;

  /** A result's fraction of the peak, then and now. */
  record Fall(Row.Key key, double before, double after) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s fell by %.1f %%, from %.1f %% to %.1f %% of the peak",
          key,
          100 * (1 - after / before),
          100 * before,
          100 * after);
    }
  }

  static Comparison of(Report before, Report after) {
    List<Fall> fallen = new ArrayList<>();
    int compared = 0;
    int missing = 0;
    for (Row old : before.rows()) {
      if (!old.ours() || old.key().task().startsWith("Roofline")) {
        continue;
      }
      Optional<Row> found = after.find(old.key(), "");
      if (found.isEmpty()) {
        missing++;
        continue;
      }
      compared++;
      double then = old.fraction(before.peak());
      double now = found.get().fraction(after.peak());
      if (now < (1 - TOLERANCE) * then) {
        fallen.add(new Fall(old.key(), then, now));
      }
    }
    return new Comparison(fallen, compared, missing);
  }
}
