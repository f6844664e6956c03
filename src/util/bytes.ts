/**
 * Arrays of bytes.
 *
 * @module
 */

/** One array with the bytes of all; always a new one. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

/** Whether both hold the same bytes. Not for secrets: the time tells where they differ. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/**
 * Cut bytes into views of at most `sizeBytes`, in order, without copying; nothing for no bytes.
 *
 * @param sizeBytes at least 1
 */
export function* slices(bytes: Uint8Array, sizeBytes: number): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

/** How many bytes a read gave: as a chunk, or put into an array; none at the end. */
export const sizeOf = (got: Uint8Array | number | undefined): number => (typeof got === 'object' ? got.length : (got ?? 0));
