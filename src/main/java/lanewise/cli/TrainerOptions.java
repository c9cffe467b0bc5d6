package lanewise.cli;

import lanewise.loss.Loss;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.optimizer.Clipping;
import lanewise.optimizer.Schedule;
import lanewise.optimizer.Warmup;
import lanewise.recipe.InputException;
import lanewise.recipe.Recipe;
import lanewise.train.EarlyStopping;
import lanewise.train.Trainer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to train, where it is not as the recipe says. */
final class TrainerOptions {
  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the training data: iterations, for a full batch.")
  private @Nullable Integer epochs;

  @Option(names = "--batch", paramLabel = "N", description = "Samples in one batch.")
  private @Nullable Integer batch;

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      description = "Batches in one step, in the memory of one.")
  private @Nullable Integer accumulate;

  @Option(names = "--learning-rate", paramLabel = "X", description = "The size of a step.")
  private @Nullable Float learningRate;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description = {
        "How the learning rate changes: constant;",
        "step:DECAY,EPOCH,... times DECAY after each EPOCH;",
        "exponential:DECAY times DECAY in each epoch;",
        "cosine down to 0, cosine:FLOOR to that share of it;",
        "one-cycle up and down again."
      })
  private @Nullable String schedule;

  @Option(
      names = "--warm-up",
      paramLabel = "X",
      description = "Epochs, or a fraction of one, in which the rate rises from 0 first.")
  private @Nullable Float warmUp;

  @Option(
      names = "--clip-norm",
      paramLabel = "X",
      description = "The largest norm of the gradient of all parameters.")
  private @Nullable Float clipNorm;

  @Option(
      names = "--clip-value",
      paramLabel = "X",
      description = "The largest size of each of its elements.")
  private @Nullable Float clipValue;

  @Option(
      names = "--label-smoothing",
      paramLabel = "X",
      description = "The share of a target that is spread over all classes.")
  private @Nullable Float labelSmoothing;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description =
          "Stop N epochs after that with the lowest test loss (training loss, where not every"
              + " epoch is tested), and keep its weights.")
  private @Nullable Integer patience;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the first weights, the order and dropout.")
  private @Nullable Long seed;

  /** A recipe's trainer as the options change it. */
  Trainer change(Recipe recipe) throws InputException {
    Trainer trainer = recipe.trainer();
    float rate =
        Options.positive("--learning-rate", learningRate, trainer.optimizer().learningRate());
    Clipping limits = trainer.clipping();
    trainer =
        trainer
            .loss(loss(recipe))
            .optimizer(trainer.optimizer().withLearningRate(rate))
            .batch(Options.atLeastOne("--batch", batch, trainer.batch()))
            .accumulate(Options.atLeastOne("--accumulate", accumulate, trainer.accumulate()))
            .epochs(Options.atLeastOne("--epochs", epochs, trainer.epochs()))
            .schedule(schedule(trainer.schedule()))
            .clipping(
                new Clipping(
                    Options.positive("--clip-value", clipValue, limits.value()),
                    Options.positive("--clip-norm", clipNorm, limits.norm())))
            .seed(seed == null ? trainer.seed() : seed);
    return patience == null
        ? trainer
        : trainer.earlyStopping(
            new EarlyStopping(Options.atLeastOne("--patience", patience, patience)));
  }

  private Schedule schedule(Schedule otherwise) throws InputException {
    Schedule chosen = schedule == null ? otherwise : ScheduleText.parse(schedule);
    return warmUp == null
        ? chosen
        : new Warmup(Options.positive("--warm-up", warmUp, warmUp), chosen);
  }

  private Loss loss(Recipe recipe) throws InputException {
    Loss loss = recipe.trainer().loss();
    if (labelSmoothing == null) {
      return loss;
    }
    if (!(loss instanceof SoftmaxCrossEntropy)) {
      throw new InputException(
          recipe.name() + ": the labels of two classes cannot be smoothed (--label-smoothing)");
    }
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new InputException(
          "--label-smoothing must be at least 0 and below 1, got " + labelSmoothing);
    }
    return new SoftmaxCrossEntropy(labelSmoothing);
  }
}
