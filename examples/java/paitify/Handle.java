package paitify;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * What C made, and C frees: once nobody uses it any more and its owner has let it go, or is gone.
 *
 * <p>Calls that are under way keep it, so that it may be let go at any time.
 */
final class Handle {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Pointer pointer;
  private final Consumer<Pointer> free;
  /** Kept as long as C may call it. */
  @SuppressWarnings("unused")
  private final Object callbacks;

  /** The calls under way, and one for the owner. */
  private final AtomicInteger uses = new AtomicInteger(1);

  Handle(PointerByReference made, Consumer<Pointer> free, Object callbacks) {
    this.pointer = made.getValue();
    this.free = free;
    this.callbacks = callbacks;
  }

  /** What lets go: when it is called, or else when the owner is collected. Twice does no harm. */
  Cleaner.Cleanable ownedBy(Object owner) {
    return CLEANER.register(owner, this::end);
  }

  /** The pointer, until end is called. Throws if it is freed. */
  Pointer begin() {
    for (int found = uses.get(); found > 0; found = uses.get()) {
      if (uses.compareAndSet(found, found + 1)) {
        return pointer;
      }
    }
    throw new IllegalStateException("the verifier is closed");
  }

  void end() {
    if (uses.decrementAndGet() == 0) {
      free.accept(pointer);
    }
  }
}
