package paitify;

import com.sun.jna.Callback;
import com.sun.jna.IntegerType;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import com.sun.jna.ptr.PointerByReference;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The C API, as include/paitifyverify.h declares it. */
final class Library {
  private Library() {}

  static {
    // By JNA's usual search: what is installed, or what jna.library.path names.
    Native.register(Library.class, "libpaitifyverify.so.1");
  }

  /** C's {@code size_t}. */
  public static final class Size extends IntegerType {
    private static final long serialVersionUID = 1;

    public Size() {
      this(0);
    }

    public Size(long value) {
      super(Native.SIZE_T_SIZE, value, true);
    }
  }

  /** Bytes by value. What C lends is to be copied before it goes on. */
  @FieldOrder({"data", "length"})
  public static class Bytes extends Structure implements Structure.ByValue {
    public Pointer data;
    public Size length = new Size();

    /** Memory of Java's, which lives as long as this object. */
    static Bytes of(byte[] from) {
      var bytes = new Bytes();
      if (from.length > 0) {
        var memory = new Memory(from.length);
        memory.write(0, from, 0, from.length);
        bytes.data = memory;
      }
      bytes.length = new Size(from.length);
      return bytes;
    }

    /** Half of a surrogate pair cannot be said in UTF-8, and must not become something else. */
    static Bytes of(String text) {
      try {
        ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        var bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return of(bytes);
      } catch (CharacterCodingException e) {
        throw new IllegalArgumentException("half of a surrogate pair", e);
      }
    }

    String text() {
      int size = length.intValue();
      return size == 0 ? "" : new String(data.getByteArray(0, size), StandardCharsets.UTF_8);
    }
  }

  @FieldOrder({"structSize", "status", "message"})
  public static class Particulars extends Structure {
    public int structSize;
    public int status;
    public byte[] message = new byte[192];

    Particulars() {
      structSize = size();
    }

    String text() {
      return Native.toString(message, "UTF-8");
    }
  }

  public interface Now extends Callback {
    long invoke(Pointer context);
  }

  public interface ReplayClaim extends Callback {
    int invoke(Pointer context, Bytes issuer, Bytes jti, long expiresAt, Bytes transactionId);
  }

  @FieldOrder({
    "structSize", "flags", "issuer", "audiences", "audienceCount", "algorithms", "leewayS",
    "maxLifetimeS", "maxTokenBytes", "keysFreshS", "keysMaxStaleS", "keysCooldownS", "context",
    "now", "replayClaim", "keysWanted", "audit", "release"
  })
  public static class Options extends Structure {
    public int structSize;
    public int flags;
    public Bytes issuer;
    public Pointer audiences;
    public Size audienceCount = new Size();
    public int algorithms;
    public int leewayS;
    public int maxLifetimeS;
    public int maxTokenBytes;
    public int keysFreshS;
    public int keysMaxStaleS;
    public int keysCooldownS;
    public Pointer context;
    public Now now;
    public ReplayClaim replayClaim;
    public Pointer keysWanted;
    public Pointer audit;
    public Pointer release;
  }

  @FieldOrder({"structSize", "flags", "amount", "currency", "merchantId", "transactionId"})
  public static class Charge extends Structure {
    public int structSize;
    public int flags;
    public long amount;
    public byte[] currency = new byte[4];
    public Bytes merchantId;
    public Bytes transactionId;

    Charge() {
      structSize = size();
    }
  }

  static native void paitify_options_init(Options options, int structSize);

  static native int paitify_verifier_new(
      Options options, PointerByReference verifier, Particulars error);

  static native void paitify_verifier_release(Pointer verifier);

  static native int paitify_install_jwks(
      Pointer verifier, Bytes jwks, long fetchedAt, Particulars error);

  static native int paitify_install_jwks_fresh_for(
      Pointer verifier, Bytes jwks, long fetchedAt, int maxAgeS, Particulars error);

  static native int paitify_load_jwks_file(Pointer verifier, String path, Particulars error);

  static native int paitify_save_jwks_file(Pointer verifier, String path, Particulars error);

  static native long paitify_refresh_due_in_ms(Pointer verifier);

  static native void paitify_refresh_failed(Pointer verifier);

  static native int paitify_result_new(PointerByReference result);

  static native void paitify_result_free(Pointer result);

  static native int paitify_verify(Pointer verifier, Bytes token, Charge charge, Pointer result);

  static native Bytes paitify_result_authorization_id(Pointer result);

  static native Bytes paitify_result_agent_id(Pointer result);

  static native Bytes paitify_result_company_id(Pointer result);

  static native Bytes paitify_result_merchant_id(Pointer result);

  static native Bytes paitify_result_key_id(Pointer result);

  static native Bytes paitify_result_currency(Pointer result);

  static native Bytes paitify_result_payload(Pointer result);

  static native long paitify_result_max_amount(Pointer result);

  static native long paitify_result_issued_at(Pointer result);

  static native long paitify_result_expires_at(Pointer result);

  static native String paitify_status_name(int status);

  static native String paitify_status_message(int status);

  static native int paitify_status_verdict(int status);
}
