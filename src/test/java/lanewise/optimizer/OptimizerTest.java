package lanewise.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Stream;
import lanewise.kernel.WorkerPool;
import lanewise.random.CounterRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {
  private static final int N = 207;
  private static final int STEPS = 12;

  static Stream<Optimizer> rules() {
    return Stream.of(
        new Sgd(0.1f),
        new Sgd(0.1f, 0.01f),
        new Momentum(0.1f, 0.9f, false),
        new Momentum(0.1f, 0.9f, true, 0.01f),
        new RmsProp(0.01f),
        new RmsProp(0.01f, 0.99f, 1e-4f, 0.01f),
        new Adam(0.01f),
        new Adam(0.01f, 0.8f, 0.95f, 1e-4f, 0.01f),
        new AdamW(0.01f, 0.1f));
  }

  /** One parameter in double, by the formula in the rule's description. */
  private static double step(Optimizer rule, int t, double p, double g, double[] m) {
    return switch (rule) {
      case Sgd r -> p - r.learningRate() * (g + r.weightDecay() * p);
      case Momentum r -> {
        double d = g + r.weightDecay() * p;
        m[0] = r.momentum() * m[0] + d;
        yield p - r.learningRate() * (r.nesterov() ? d + r.momentum() * m[0] : m[0]);
      }
      case RmsProp r -> {
        double d = g + r.weightDecay() * p;
        m[0] = r.decay() * m[0] + (1.0 - r.decay()) * d * d;
        yield p - r.learningRate() * d / (Math.sqrt(m[0]) + r.epsilon());
      }
      case Adam r -> {
        double d = g + r.weightDecay() * p;
        yield p - r.learningRate() * adam(d, r.beta1(), r.beta2(), r.epsilon(), t, m);
      }
      case AdamW r -> {
        double u = adam(g, r.beta1(), r.beta2(), r.epsilon(), t, m);
        yield p - r.learningRate() * (u + r.weightDecay() * p);
      }
    };
  }

  private static double adam(double d, double b1, double b2, double epsilon, int t, double[] m) {
    m[0] = b1 * m[0] + (1 - b1) * d;
    m[1] = b2 * m[1] + (1 - b2) * d * d;
    double mean = m[0] / (1 - Math.pow(b1, t));
    double square = m[1] / (1 - Math.pow(b2, t));
    return mean / (Math.sqrt(square) + epsilon);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void followsItsFormula(Optimizer rule) {
    float[] p = new float[N];
    float[] g = new float[N];
    double[] expected = new double[N];
    double[][] moments = new double[N][2];
    for (int i = 0; i < N; i++) {
      p[i] = (float) CounterRandom.normal(1, i);
      expected[i] = p[i];
    }
    OptimizerState state = rule.state(N);
    for (int t = 1; t <= STEPS; t++) {
      for (int i = 0; i < N; i++) {
        g[i] = (float) CounterRandom.normal(t + 1, i);
        expected[i] = step(rule, t, expected[i], g[i], moments[i]);
      }
      state.step(p, g);
    }
    assertEquals(STEPS, state.steps());
    for (int i = 0; i < N; i++) {
      // About ten roundings in each step, of p itself and of updates of at most 10 in all.
      assertEquals(expected[i], p[i], 10 * STEPS * 0x1p-24 * (Math.abs(expected[i]) + 10));
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void threadsGiveTheSameBits(Optimizer rule) {
    int n = 40_003;
    float[] start = new float[n];
    float[] g = new float[n];
    for (int i = 0; i < n; i++) {
      start[i] = (float) CounterRandom.normal(1, i) * (i % 3 == 0 ? Float.MIN_NORMAL : 1);
      g[i] = i % 2 == 0 ? 0 : (float) CounterRandom.normal(2, i);
    }
    for (int i = 0; i < 64; i += 4) {
      start[i] = i % 8 == 0 ? -0f : Float.MIN_VALUE;
    }
    float[] alone = start.clone();
    float[] shared = start.clone();
    int before = WorkerPool.threads();
    try {
      WorkerPool.threads(1);
      rule.state(n).step(alone, g);
      WorkerPool.threads(3);
      rule.state(n).step(shared, g);
    } finally {
      WorkerPool.threads(before);
    }
    assertArrayEquals(alone, shared);
  }

  @Test
  void takesAnotherLearningRate() {
    float[] p = {1};
    new Sgd(0.5f).state(1).step(p, new float[] {1}, 0.25f);
    assertEquals(0.75f, p[0]);
    assertEquals(0.125f, new AdamW(1, 0.1f).withLearningRate(0.125f).learningRate());
    rules().forEach(r -> assertEquals(r, r.withLearningRate(9).withLearningRate(r.learningRate())));
  }

  @Test
  void namesBadHyperParameters() {
    assertMessage(
        "Adam: learning rate must be positive and finite, got NaN", () -> new Adam(Float.NaN));
    assertMessage("Sgd: learning rate must be positive and finite, got 0.0", () -> new Sgd(0));
    assertMessage(
        "RmsProp: learning rate must be positive and finite, got Infinity",
        () -> new RmsProp(Float.POSITIVE_INFINITY));
    assertMessage(
        "Momentum: momentum must be at least 0 and below 1, got 1.0",
        () -> new Momentum(1, 1, false));
    assertMessage(
        "AdamW: weight decay must be finite and at least 0, got -1.0", () -> new AdamW(1, -1));
    assertMessage(
        "Adam: epsilon must be positive and finite, got 0.0", () -> new Adam(1, 0, 0, 0, 0));
    assertMessage(
        "OptimizerState: parameters and gradients must be 3, got 3 and 2",
        () -> new Sgd(1).state(3).step(new float[3], new float[2]));
  }

  private static void assertMessage(String message, Executable run) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, run).getMessage());
  }
}
