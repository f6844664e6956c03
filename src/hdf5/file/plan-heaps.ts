/**
 * Where texts and sequences of any length are: in global heaps, which elements point to.
 *
 * Source: the HDF5 File Format Specification, sections III.E, *The Global Heap*, and IV.A.2.d, variable-length types.
 *
 * @module
 */
import type { Superblock } from '../layout/types.ts';
import type { ByteRange, Look } from '../types.ts';

/** The least that a heap takes, and what most take. */
const HEAP_BYTES = 4096;

/**
 * The heaps that elements point to.
 *
 * @param raw elements as they lie in the file: a length, the heap's address, a number there
 * @param limitBytes more is not planned
 */
export function heapsOf(raw: Uint8Array, { offsetBytes, baseAddress }: Superblock, { byteLength }: Look, limitBytes: number): ByteRange[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const elementBytes = 8 + offsetBytes;
  const found = new Set<number>();
  for (let at = 0; at + elementBytes <= raw.length; at += elementBytes) {
    if (view.getUint32(at, true) === 0) continue;
    const address = offsetBytes === 8 ? Number(view.getBigUint64(at + 4, true)) : view.getUint32(at + 4, true);
    const start = address + baseAddress;
    if (start + HEAP_BYTES > byteLength) continue;
    found.add(start);
    if (found.size * HEAP_BYTES > limitBytes) return [];
  }
  return [...found].map((start) => ({ start, end: start + HEAP_BYTES }));
}
