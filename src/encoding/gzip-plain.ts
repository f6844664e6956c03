/**
 * gzip streams decoded by fflate, for runtimes that have no zlib: many members, each checked by its CRC-32 and length (RFC 1952), which
 * fflate leaves to others. Nothing is encoded by it: its streams make distances that reach before the beginning (its issue 260).
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { concat } from '../util/bytes.ts';
import { crc32 } from '../util/crc.ts';
import type { Chunks, MadeChunks } from './codec.ts';

const damaged = (reason: string): CloudError => new CloudError(`gzip: ${reason}`, { code: 'DecompressionError' });

/** Pieces that are taken at a time, so that little is made ahead of who reads. */
const pieceBytes = 0x1000;

const trailerBytes = 8;

/** What a header may have at most for its name, its comment and the like, between members. */
const headerBytes = 0x10000;

/** A member of no bytes. */
const emptyMember = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0);

/** The last bytes of what was seen. */
class Tail {
  #pieces: Uint8Array[] = [];
  #kept = 0;
  /** Bytes seen so far. */
  seen = 0;

  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes.slice());
    this.#kept += bytes.length;
    this.seen += bytes.length;
    for (let first = this.#pieces[0]; first && this.#kept - first.length > headerBytes; first = this.#pieces[0]) {
      this.#kept -= first.length;
      this.#pieces.shift();
    }
  }

  /** The eight bytes that end at a place of the input. */
  before(end: number): DataView {
    const at = this.#kept - (this.seen - end) - trailerBytes;
    if (at < 0) throw damaged('a member without an end');
    return new DataView(concat(this.#pieces).buffer, at, trailerBytes);
  }
}

/** All members. */
export async function* gunzipPlain(source: Chunks): MadeChunks {
  const { Gunzip } = await import('fflate');
  const made: Uint8Array<ArrayBuffer>[] = [];
  const tail = new Tail();
  let crc = 0;
  let size = 0;
  const endMember = (end: number): void => {
    const told = tail.before(end);
    if (told.getUint32(0, true) !== crc || told.getUint32(4, true) !== size % 0x1_0000_0000) throw damaged('a wrong checksum or length');
    crc = size = 0;
  };
  const inflate = new Gunzip((chunk) => {
    crc = crc32(chunk, crc);
    size += chunk.length;
    if (chunk.length) made.push(chunk.slice());
  });
  let ended = false;
  inflate.onmember = (at) => {
    if (at > tail.seen) throw damaged('the data end too early');
    ended = at === tail.seen;
    endMember(at);
  };
  for await (const bytes of source) {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      tail.add(piece);
      inflate.push(piece);
      yield* made.splice(0);
    }
  }
  if (!tail.seen) throw damaged('zero bytes');
  // fflate does not mind a trailer that is cut; it tells where another member begins.
  inflate.push(emptyMember, true);
  yield* made.splice(0);
  if (!ended) throw damaged('the data end too early');
}
