package lanewise.jmh;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/** What the peers have in common. */
final class Peers {
  private Peers() {}

  /**
   * Refuses threads that a library does not have: it would be measured against the peak of more.
   *
   * @throws IllegalArgumentException if {@code threads} is not 1
   */
  static void oneThread(String library, int threads) {
    if (threads != 1) {
      throw new IllegalArgumentException(library + " computes on one thread, got " + threads);
    }
  }

  /** Calls {@code function(argument)} of a loaded native library, which its Java binding lacks. */
  @SuppressWarnings("restricted")
  static void call(String function, int argument) {
    try {
      Linker.nativeLinker()
          .downcallHandle(
              SymbolLookup.loaderLookup().findOrThrow(function),
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))
          .invokeExact(argument);
    } catch (Throwable e) {
      throw new IllegalStateException("cannot call " + function, e);
    }
  }
}
