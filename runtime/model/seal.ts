/** A sealed record as it is stored: JSON. */
export interface SealedBox {
  readonly format: 1;
  /** Which master key wrapped the record's own key. */
  readonly keyId: string;
  /** All base64: the wrapped key and the data, each with its nonce and tag. */
  readonly wrappedKey: string;
  readonly data: string;
}

/** Seals records, so that what is on disk is of no use without the key. */
export interface Sealer {
  /** The newest master key's id: what new boxes are sealed with. */
  readonly keyId: string;
  /** `context` binds the box to its record: it cannot be opened as another one. */
  seal(text: string, context: string): SealedBox;
  /** Opens with whichever of the keys it was sealed with. @throws LatchkeyError `SEAL_KEY_MISMATCH`. */
  open(box: SealedBox, context: string): string;
  /** What tells whether two texts are the same, and nothing else to whoever has no key. */
  fingerprint(text: string): string;
  /** The same box under the newest key. @throws LatchkeyError `SEAL_KEY_MISMATCH`. */
  rewrap(box: SealedBox, context: string): SealedBox;
}
