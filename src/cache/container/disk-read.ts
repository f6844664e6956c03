/**
 * Reading a file of the disk container, and holding it to what it says of itself.
 *
 * @module
 */
import { crc32c, crc32cInPlace } from '../../integrity/kernels/crc32c.ts';
import { FOLDED } from '../../wasm/crc.ts';
import type { CacheFiles } from '../../platform/types.ts';
import type { CacheKey, CacheMeta } from './container.ts';
import { decodeHead, decodeMeta, LEAD_BYTES } from './disk-format.ts';

/** How much is read between two looks at the time. */
const PIECE_BYTES = 0x40000;
/** A piece that takes longer, in ms, does not come from memory. */
const PIECE_MS = 1;
/** How much is asked for at once off the thread; twice as much is on its way. */
const LATER_BYTES = 0x100000;

/** What a file holds. */
export interface Found {
  bytes: Uint8Array<ArrayBuffer>;
  meta: CacheMeta | undefined;
}

/** A file that is not what its name says. */
export class DamagedFile extends Error {
  override name = 'DamagedFile';
}

/** See {@link createReader}. */
export interface DiskReader {
  /** Reads a value at once. @throws DamagedFile, or what the system says */
  readSync(key: CacheKey, path: string): Found;
  /**
   * Reads a value, off the thread from where it does not come as fast as from memory.
   *
   * @param wanted asked before each piece
   * @returns undefined when it is not wanted any more
   * @throws DamagedFile, or what the system says
   */
  read(key: CacheKey, path: string, wanted: () => boolean): Promise<Found | undefined>;
}

function fillSync(files: CacheFiles, file: number, into: Uint8Array, at: number): void {
  let n = files.readSync(file, into, at);
  while (n < into.length) {
    const more = files.readSync(file, into.subarray(n), at + n);
    if (!more) throw new DamagedFile();
    n += more;
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
 * Makes what reads values below a folder.
 *
 * @param pieceMs how long a piece of 256 KiB may take before the rest is read off the thread, in ms. @default 1
 */
export function createReader(files: CacheFiles, pieceMs: number = PIECE_MS): DiskReader {
  // All steps that use these are synchronous, so nobody else can see them in use.
  const scratch = new Uint8Array(LEAD_BYTES);
  let kernel: ReturnType<typeof crc32cInPlace> | null = null;

  /** Head and meta of an open file; throws {@link DamagedFile} unless they are those of the key. */
  function readLead(file: number, key: CacheKey): { at: number; crc: number; meta: CacheMeta | undefined } {
    fillSync(files, file, scratch, 0);
    const head = decodeHead(scratch);
    if (head?.sizeBytes !== key.sizeBytes) throw new DamagedFile();
    let lead = scratch;
    if (head.leadBytes > LEAD_BYTES) {
      lead = new Uint8Array(head.leadBytes);
      fillSync(files, file, lead, 0);
    }
    const said = decodeMeta(lead, head, key);
    if (!said) throw new DamagedFile();
    return { at: head.leadBytes, crc: head.bodyCrc, meta: said.meta };
  }
  /**
   * Fills a buffer and goes on with a CRC. By way of the kernel's memory: a copy from there while the bytes are in the processor's cache is
   * cheaper than one into it afterwards (measured).
   */
  function takeSync(file: number, into: Uint8Array, at: number, seed: number): number {
    if (kernel === null) kernel = crc32cInPlace();
    if (!kernel) {
      fillSync(files, file, into, at);
      return crc32c(into, seed);
    }
    const { window } = kernel;
    // The last one may have ended with an error.
    kernel.reset();
    let crc = seed;
    let filled = 0;
    for (let from = 0; ;) {
      const piece = window.subarray(filled, filled + into.length - from);
      fillSync(files, file, piece, at + from);
      into.set(piece, from);
      from += piece.length;
      filled += piece.length;
      if (from === into.length) return kernel.take(filled, crc);
      filled = kernel.fold(filled, crc);
      crc = FOLDED;
    }
  }

  return {
    readSync(key, path) {
      const file = files.openSync(path);
      try {
        const { at, crc, meta } = readLead(file, key);
        const bytes = files.allocate(key.sizeBytes);
        if (takeSync(file, bytes, at, 0) !== crc) throw new DamagedFile();
        return { bytes, meta };
      } finally {
        files.closeSync(file);
      }
    },

    async read(key, path, wanted) {
      const file = files.openSync(path);
      const pending: Promise<Uint8Array>[] = [];
      try {
        const { at, crc, meta } = readLead(file, key);
        const bytes = files.allocate(key.sizeBytes);
        let found = 0;
        let from = 0;
        for (let fast = pieceMs > 0; fast && from < bytes.length; from += PIECE_BYTES) {
          const since = performance.now();
          found = takeSync(file, bytes.subarray(from, from + PIECE_BYTES), at + from, found);
          fast = performance.now() - since < pieceMs;
        }
        // Each piece is hashed while the next ones come.
        while (from < bytes.length || pending.length) {
          if (!wanted()) return undefined;
          while (from < bytes.length && pending.length < 2) {
            const piece = fill(files, file, bytes.subarray(from, from + LATER_BYTES), at + from);
            // It may fail before it is its turn.
            piece.catch(() => {});
            pending.push(piece);
            from += LATER_BYTES;
          }
          found = crc32c(await pending[0]!, found);
          void pending.shift();
        }
        if (found !== crc) throw new DamagedFile();
        return { bytes, meta };
      } finally {
        // The number of a closed file may be another's at once: nothing may be on its way then.
        await Promise.allSettled(pending);
        files.closeSync(file);
      }
    },
  };
}
