package paitify;

/** What tokens may be signed with. */
public enum Algorithm {
  RS256(1),
  PS256(2),
  ES256(4),
  EDDSA(8);

  final int bit;

  Algorithm(int bit) {
    this.bit = bit;
  }
}
