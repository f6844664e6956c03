/**
 * Bytes for tests that are the same in every engine.
 *
 * @module
 */

/** Bytes that do not repeat soon, that no codec makes smaller and that tell where they came from (xorshift32). */
export function noise(sizeBytes: number, seed = 1): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(sizeBytes);
  let x = seed * 2_654_435_761;
  for (let i = 0; i < sizeBytes; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    out[i] = x;
  }
  return out;
}
