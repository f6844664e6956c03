/**
 * Views that can be sent, or given away, without anything beside them going along.
 *
 * @module
 */

/** What is smaller is copied, which takes less time (measured in Chromium and Node). */
export const LEAST_GIVEN_BYTES = 1024;

/** The same view where it has its buffer to itself, else a copy that has. */
export function ownBytes(view: Uint8Array): Uint8Array<ArrayBuffer> {
  const isWhole = view.buffer instanceof ArrayBuffer && view.byteLength === view.buffer.byteLength;
  // Node's Buffer has a `slice` that copies nothing
  return (isWhole ? view : Uint8Array.prototype.slice.call(view)) as Uint8Array<ArrayBuffer>;
}

/**
 * Bytes that are ours, as an answer that gives them away.
 *
 * @param value what holds them, as it is sent
 */
export function giving<T>(value: T, bytes: Uint8Array<ArrayBuffer> | null): { value: T; transfer: ArrayBuffer[] } {
  return { value, transfer: bytes && bytes.byteLength >= LEAST_GIVEN_BYTES ? [bytes.buffer] : [] };
}
