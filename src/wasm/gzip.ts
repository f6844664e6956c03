/**
 * gzip of whole buffers by libdeflate (wasm/codecs/gzip.c).
 *
 * @module
 */
import { ChunkList } from '../util/chunk-list.ts';
import { answerError } from './answers.ts';
import { wasmCode, type WasmCode } from './loader.ts';
import { createPool, type HeapExports, type Pool } from './pool.ts';

interface GzipExports extends HeapExports {
  bound(level: number, length: number): number;
  compress(level: number, input: number, length: number, output: number, room: number): number;
  decompress(input: number, length: number, output: number, room: number): number;
  consumed(): number;
  produced(): number;
}

/** The code of libdeflate. */
export const gzipCode: WasmCode = /* @__PURE__ */ wasmCode('gzip', () => import('../../wasm/built/gzip.wasm'));

let pool: Pool<GzipExports> | undefined;

const usePool: Pool<GzipExports>['use'] = (direction, run) => (pool ??= createPool('gzip', gzipCode)).use(direction, run);

/** Most bytes that are decoded at a time: more has to come as a stream. */
const maxRoomBytes = 0x2000000;

/** One member. `level` 0 to 12. */
export function gzipWhole(bytes: Uint8Array, level: number): Promise<Uint8Array<ArrayBuffer>> {
  return usePool('compress', ({ code, put, take, copy }) => {
    const bound = code.bound(level, bytes.length);
    if (!bound) throw answerError('gzip', 'compress', -3);
    const input = put(bytes);
    const output = take(bound);
    const written = code.compress(level, input, bytes.length, output, bound);
    if (written < 0) throw answerError('gzip', 'compress', written);
    return copy(output, written);
  });
}

/** What came out of whole members, and where the first one begins that is too large. */
export interface GunzippedPart {
  out: Uint8Array<ArrayBuffer>;
  /** Bytes of the input that `out` was made of; all of them when it is whole. */
  taken: number;
}

/**
 * Members as far as each fits into the memory that decoding may take: 32 MiB, and `maxOutputBytes`.
 *
 * @returns whole, or with `taken` less than all: then the rest must be decoded as a stream, or is too large
 * @throws CloudError `DecompressionError` for anything that is not gzip
 */
export function gunzipWhole(bytes: Uint8Array, maxOutputBytes: number): Promise<GunzippedPart> {
  return usePool('decompress', ({ code, put, take, copy }) => {
    // Of a lone member the last four bytes tell the size. Nothing hangs on whether it is true, and deflate makes at most 1032 bytes of one.
    const end = bytes.length;
    const told = end < 18 ? 0 : (bytes[end - 4]! | (bytes[end - 3]! << 8) | (bytes[end - 2]! << 16) | (bytes[end - 1]! << 24)) >>> 0;
    const most = Math.min(maxRoomBytes, maxOutputBytes);
    const roomFor = (wanted: number): number => Math.max(1, Math.min(most, wanted));
    let room = roomFor(Math.max(Math.min(told, end * 1032), 0x10000));
    const input = put(bytes);
    let output = take(room);
    const done = new ChunkList();
    let taken = 0;
    let filled = 0;
    while (taken < bytes.length) {
      const answer = code.decompress(
        input + taken,
        bytes.length - taken,
        output + filled,
        Math.min(room - filled, maxOutputBytes - done.sizeBytes - filled),
      );
      if (answer < 0) throw answerError('gzip', 'decompress', answer);
      if (answer) {
        taken += code.consumed();
        filled += code.produced();
        continue;
      }
      if (filled) done.add(copy(output, filled));
      // A member that is larger than what the last one tells.
      else if (room < most) output = take((room = roomFor(4 * Math.max(room, end))));
      else break;
      filled = 0;
    }
    done.add(copy(output, filled));
    return { out: done.take(), taken };
  });
}
