/**
 * Ranges of bytes as pieces of blocks.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { maxValueBytes } from '../container/container.ts';

/** Bytes [start, end) of an object. */
export interface ByteSpan {
  start: number;
  end: number;
}

/** One version of one object, and how it is cut. */
export interface BlockObject {
  /** 16 hex digits, of `cacheNamespace`. */
  readonly namespace: string;
  /** 40 hex digits, of `cacheObject`: stands for the version, its size and its cut. */
  readonly object: string;
  readonly sizeBytes: number;
  /** How long blocks are but the last one: 8 MiB at most. */
  readonly blockBytes: number;
}

/** Where bytes [from, to) of a block go. */
export interface Piece {
  readonly out: Uint8Array;
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

const invalid = (message: string): CloudError => new CloudError(message, { code: 'InvalidArgument', operation: 'read' });
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** How long a block is: the last one may be short. */
export const blockLength = ({ sizeBytes, blockBytes }: BlockObject, index: number): number =>
  Math.min(blockBytes, sizeBytes - index * blockBytes);

/** @throws CloudError `InvalidArgument` */
export function checkBlockBytes(blockBytes: number): void {
  if (!isCount(blockBytes) || blockBytes < 1 || blockBytes > maxValueBytes) throw invalid(`blocks have 1 byte to 8 MiB, not ${blockBytes}`);
}

/** @throws CloudError `InvalidArgument` when the cut makes no sense */
export function checkObject({ sizeBytes, blockBytes }: BlockObject): void {
  if (!isCount(sizeBytes)) throw invalid(`an object has a whole number of bytes, not ${sizeBytes}`);
  checkBlockBytes(blockBytes);
}

/** @throws CloudError `InvalidArgument` unless 0 <= start <= end <= sizeBytes */
export function checkSpan({ start, end }: ByteSpan, sizeBytes: number): void {
  if (!isCount(start) || !isCount(end) || start > end || end > sizeBytes)
    throw invalid(`a range needs 0 <= start <= end <= ${sizeBytes}, got ${start} to ${end}`);
}

/** The numbers of the blocks that a range touches. */
export function blocksOf({ blockBytes }: BlockObject, { start, end }: ByteSpan): number[] {
  if (start === end) return [];
  const first = Math.floor(start / blockBytes);
  return Array.from({ length: Math.floor((end - 1) / blockBytes) - first + 1 }, (_, i) => first + i);
}

/**
 * Buffers for ranges, and what comes into them from which block.
 *
 * @throws CloudError `InvalidArgument`
 */
export function layOut(
  object: BlockObject,
  ranges: readonly ByteSpan[],
): { outs: Uint8Array<ArrayBuffer>[]; wanted: Map<number, Piece[]> } {
  checkObject(object);
  for (const range of ranges) checkSpan(range, object.sizeBytes);
  const { blockBytes } = object;
  const wanted = new Map<number, Piece[]>();
  const outs = ranges.map((range) => {
    const out = new Uint8Array(range.end - range.start);
    for (const index of blocksOf(object, range)) {
      const base = index * blockBytes;
      const from = Math.max(0, range.start - base);
      const piece = { out, at: base + from - range.start, from, to: Math.min(blockBytes, range.end - base) };
      const pieces = wanted.get(index);
      if (pieces) pieces.push(piece);
      else wanted.set(index, [piece]);
    }
    return out;
  });
  return { outs, wanted };
}
