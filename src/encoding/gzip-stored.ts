/**
 * gzip at level 0: stored blocks (RFC 1951, 3.2.4) in one member (RFC 1952), for runtimes whose own stream knows one level.
 *
 * @module
 */
import { crc32 } from '../util/crc.ts';
import type { Chunks, MadeChunks } from './codec.ts';

/** Most that one block holds. */
const blockBytes = 0xffff;

/** Method deflate, no flags, no time, no word on the system. */
const header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/** A block of its own buffer. A stored block begins with three bits in a byte of their own, as all that precedes ends with a byte. */
function stored(bytes: Uint8Array, last: boolean): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(5 + bytes.length);
  const view = new DataView(out.buffer);
  out[0] = Number(last);
  view.setUint16(1, bytes.length, true);
  view.setUint16(3, ~bytes.length & 0xffff, true);
  out.set(bytes, 5);
  return out;
}

/** One member that holds the bytes as they are: 5 bytes more for each 65,535, and 18. */
export async function* gzipStored(source: Chunks): MadeChunks {
  const block = new Uint8Array(blockBytes);
  let filled = 0;
  let crc = 0;
  let size = 0;
  yield Uint8Array.from(header);
  for await (const bytes of source) {
    for (let at = 0; at < bytes.length;) {
      // A full block waits for what follows, so that the last one can say that it is.
      if (filled === blockBytes) {
        yield stored(block, false);
        filled = 0;
      }
      const piece = bytes.subarray(at, at + blockBytes - filled);
      block.set(piece, filled);
      crc = crc32(piece, crc);
      filled += piece.length;
      at += piece.length;
      size = (size + piece.length) % 0x1_0000_0000;
    }
  }
  yield stored(block.subarray(0, filled), true);
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, crc, true);
  trailer.setUint32(4, size, true);
  yield new Uint8Array(trailer.buffer);
}
