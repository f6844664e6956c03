/**
 * Reading a file of the disk container, and holding it to what it says of itself.
 *
 * @module
 */
import { createHasher } from '../../integrity/hasher.ts';
import type { CacheFiles } from '../../platform/types.ts';
import { checksum } from './checksum.ts';
import type { CacheKey, CacheMeta } from './container.ts';
import { decodeHead, decodeMeta, isOf, LEAD_BYTES, type Place } from './disk-format.ts';

/** How much is asked for at once off the thread; twice as much is on its way. */
const PIECE_BYTES = 0x100000;

/** What a file holds. */
export interface Found {
  bytes: Uint8Array<ArrayBuffer>;
  meta: CacheMeta | undefined;
}

/** A file that is not what its name says. */
export class DamagedFile extends Error {
  override name = 'DamagedFile';
}

// Reading is synchronous up to the value, so nobody else can see it in use.
const scratch: Uint8Array<ArrayBuffer> = /* @__PURE__ */ new Uint8Array(LEAD_BYTES);

function fillSync(files: CacheFiles, file: number, into: Uint8Array, at: number): void {
  let n = files.readSync(file, into, at);
  while (n < into.length) {
    const more = files.readSync(file, into.subarray(n), at + n);
    if (!more) throw new DamagedFile();
    n += more;
  }
}

/** Head and meta of an open file; throws {@link DamagedFile} unless they are those of the key. */
function readLead(files: CacheFiles, file: number, key: CacheKey, place: Place): { at: number; crc: number; meta: CacheMeta | undefined } {
  fillSync(files, file, scratch, 0);
  const head = decodeHead(scratch);
  if (head?.sizeBytes !== key.sizeBytes || !isOf(scratch, place.id)) throw new DamagedFile();
  let lead = scratch;
  if (head.leadBytes > LEAD_BYTES) {
    lead = new Uint8Array(head.leadBytes);
    fillSync(files, file, lead, 0);
  }
  const said = decodeMeta(lead, head);
  if (said?.object !== key.object) throw new DamagedFile();
  return { at: head.leadBytes, crc: head.bodyCrc, meta: said.meta };
}

/** Reads a value at once. @throws DamagedFile, or what the system says */
export function readValueSync(files: CacheFiles, key: CacheKey, place: Place): Found {
  const file = files.openSync(place.path);
  try {
    const { at, crc, meta } = readLead(files, file, key, place);
    const bytes = new Uint8Array(key.sizeBytes);
    if (bytes.length) fillSync(files, file, bytes, at);
    if (checksum(bytes) !== crc) throw new DamagedFile();
    return { bytes, meta };
  } finally {
    files.closeSync(file);
  }
}

async function fill(files: CacheFiles, file: number, into: Uint8Array, at: number): Promise<Uint8Array> {
  for (let n = 0; n < into.length;) {
    const more = await files.read(file, into.subarray(n), at + n);
    if (!more) throw new DamagedFile();
    n += more;
  }
  return into;
}

/**
 * Reads a value off the thread; each piece is hashed while the next ones come.
 *
 * @param wanted asked before each piece
 * @returns undefined when it is not wanted any more
 * @throws DamagedFile, or what the system says
 */
export async function readValue(files: CacheFiles, key: CacheKey, place: Place, wanted: () => boolean): Promise<Found | undefined> {
  const file = files.openSync(place.path);
  const pending: Promise<Uint8Array>[] = [];
  try {
    const { at, crc, meta } = readLead(files, file, key, place);
    const bytes = new Uint8Array(key.sizeBytes);
    const hasher = createHasher('crc32c');
    for (let from = 0; from < bytes.length || pending.length;) {
      if (!wanted()) return undefined;
      while (from < bytes.length && pending.length < 2) {
        const piece = fill(files, file, bytes.subarray(from, from + PIECE_BYTES), at + from);
        // It may fail before it is its turn.
        piece.catch(() => {});
        pending.push(piece);
        from += PIECE_BYTES;
      }
      hasher.update(await pending[0]!);
      void pending.shift();
    }
    const digest = hasher.digest();
    if (new DataView(digest.buffer, digest.byteOffset).getUint32(0) !== crc) throw new DamagedFile();
    return { bytes, meta };
  } finally {
    // The number of a closed file may be another's at once: nothing may be on its way then.
    await Promise.allSettled(pending);
    files.closeSync(file);
  }
}
