/**
 * Views that can be sent, or given away, without anything beside them going along.
 *
 * @module
 */

/** The same view where it has its buffer to itself, else a copy that has. */
export function ownBytes(view: Uint8Array): Uint8Array<ArrayBuffer> {
  const isWhole = view.buffer instanceof ArrayBuffer && view.byteLength === view.buffer.byteLength;
  // Node's Buffer has a `slice` that copies nothing
  return (isWhole ? view : Uint8Array.prototype.slice.call(view)) as Uint8Array<ArrayBuffer>;
}
