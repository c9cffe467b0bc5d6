package lanewise.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import lanewise.cli.plot.Plots;
import lanewise.data.Dataset;
import lanewise.network.Network;
import lanewise.recipe.Recipe;
import lanewise.shape.Shape;
import lanewise.train.EpochResult;
import lanewise.train.Evaluation;
import lanewise.train.Trainer;
import lanewise.train.TrainingResult;

/**
 * Draws a training: those pictures that its data have.
 *
 * @param folder to which they are written
 */
record Pictures(Path folder, Recipe recipe, Trainer trainer, Network network) {
  /**
   * Draws all.
   *
   * @param raw test samples as they lie in the files
   * @param prepared the same as the network reads them
   * @param test how the network does on them
   */
  void draw(TrainingResult result, Dataset raw, Dataset prepared, Evaluation test)
      throws IOException {
    drawCurve(result);
    Plots.confusionMatrix(folder, "confusion", test.confusion());
    if (raw.sampleShape().equals(Shape.of(2)) && raw.classes() == 2) {
      Plots.decisionBoundary(folder, "boundary", prepared, network);
    }
    if (raw.sampleShape().rank() == 3) {
      Plots.filters(folder, "filters", network, raw.sampleShape());
      drawMistakes(raw, prepared);
    }
  }

  private void drawCurve(TrainingResult result) throws IOException {
    List<EpochResult> shown = recipe.interval().shown(result);
    int[] x = shown.stream().mapToInt(each -> recipe.interval().number(each.epoch())).toArray();
    Map<String, double[]> series = new LinkedHashMap<>();
    series.put("training loss", values(shown, EpochResult::loss));
    if (recipe.interval().tests()) {
      series.put("test loss", values(shown, each -> tested(each, Evaluation::loss)));
    }
    series.put("training accuracy", values(shown, EpochResult::accuracy));
    if (recipe.interval().tests()) {
      series.put("test accuracy", values(shown, each -> tested(each, Evaluation::accuracy)));
    }
    Plots.costCurve(
        folder, "cost", recipe.name() + ": loss and accuracy", recipe.interval().unit(), x, series);
  }

  private static double[] values(List<EpochResult> shown, ToDoubleFunction<EpochResult> value) {
    return shown.stream().mapToDouble(value).toArray();
  }

  private static double tested(EpochResult result, ToDoubleFunction<Evaluation> value) {
    Evaluation test = result.validation();
    return test == null ? Double.NaN : value.applyAsDouble(test);
  }

  private void drawMistakes(Dataset raw, Dataset prepared) throws IOException {
    int[] classes = Trainer.classify(network, prepared, trainer.loss(), trainer.batch());
    int[] wrong =
        IntStream.range(0, classes.length).filter(i -> classes[i] != raw.label(i)).toArray();
    if (wrong.length > 0) {
      int[] predicted = IntStream.of(wrong).map(i -> classes[i]).toArray();
      Plots.misclassified(folder, "misclassified", raw, wrong, predicted);
    }
  }
}
