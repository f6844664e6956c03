/**
 * Working copies in IndexedDB: pieces under an id that nothing names until it is saved.
 *
 * @module
 */
import type { WorkingCopy } from '../../platform/disk-edit.ts';
import type { DiskStat } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import type { IndexedDbFiles } from './indexeddb-disk.ts';
import { failure, storageError, type Entry } from './indexeddb-rows.ts';

/** What a replacement may be told. */
export type Condition = AbortOptions & { condition?: ((now: DiskStat | null) => void) | undefined };

/** Bytes to be named. */
export interface PlacedBytes {
  readonly id: string;
  readonly sizeBytes: number;
  /** Pieces were written already. */
  readonly begun: boolean;
  /** The piece that is not written yet. */
  readonly last?: { at: number; bytes: Uint8Array } | undefined;
}

/** The piece that is worked on. */
interface Held {
  readonly at: number;
  /** Never shorter than what is used of it. */
  bytes: Uint8Array;
  used: number;
  changed: boolean;
}

/** Begins a copy. @param from whose pieces it begins with */
export async function createWorkingCopy(files: IndexedDbFiles, path: string, from: Entry | undefined): Promise<WorkingCopy> {
  const { pieceBytes } = files;
  const id = crypto.randomUUID();
  let size = 0;
  /** Pieces of this id may be there. */
  let written = false;
  let held: Held | undefined;

  const put = async (at: number, bytes: Uint8Array): Promise<void> => {
    written = true;
    await files.putPiece(id, at, bytes);
  };
  const flush = async (): Promise<void> => {
    if (held?.changed) await put(held.at, held.bytes.subarray(0, held.used));
    if (held) held.changed = false;
  };
  /** How much of the piece is there. */
  const lengthAt = (at: number): number => Math.min(pieceBytes, Math.max(size - at, 0));
  const hold = async (at: number): Promise<Held> => {
    if (held?.at === at) return held;
    await flush();
    const used = lengthAt(at);
    const bytes = new Uint8Array(used);
    const piece = used ? await files.getPiece({ id }, at) : undefined;
    if (used && (!piece || piece.length < used)) throw failure('ObjectChanged', 'a part of the working copy is gone', 'put', path);
    if (piece) bytes.set(piece.subarray(0, used));
    return (held = { at, bytes, used, changed: false });
  };
  const each = async (start: number, end: number, work: (piece: Held, from: number, to: number, done: number) => void): Promise<void> => {
    for (let at = start; at < end;) {
      const first = Math.floor(at / pieceBytes) * pieceBytes;
      const until = Math.min(end, first + pieceBytes);
      work(await hold(first), at - first, until - first, at - start);
      at = until;
    }
  };
  const write = async (start: number, bytes: Uint8Array | undefined, end: number): Promise<void> => {
    await each(start, end, (piece, a, b, done) => {
      if (b > piece.bytes.length) {
        const grown = new Uint8Array(Math.min(Math.max(b, piece.bytes.length * 2), pieceBytes));
        grown.set(piece.bytes);
        piece.bytes = grown;
      }
      if (bytes) piece.bytes.set(bytes.subarray(done, done + b - a), a);
      else piece.bytes.fill(0, a, b);
      piece.used = Math.max(piece.used, b);
      piece.changed = true;
      size = Math.max(size, piece.at + b);
    });
  };
  const run = async <T>(operation: string, task: () => Promise<T>): Promise<T> => {
    try {
      return await task();
    } catch (error) {
      throw storageError(error, operation, path, undefined);
    }
  };
  const copy: WorkingCopy = {
    read: (start, end) =>
      run('get', async () => {
        const out = new Uint8Array(end - start);
        await each(start, end, (piece, a, b, done) => out.set(piece.bytes.subarray(a, Math.min(b, piece.used)), done));
        return out;
      }),
    write: (at, bytes) => run('put', () => write(at, bytes, at + bytes.length)),
    truncate: (wanted) =>
      run('put', async () => {
        if (wanted > size) return write(size, undefined, wanted);
        const first = Math.floor(wanted / pieceBytes) * pieceBytes;
        const piece = await hold(first);
        piece.bytes.fill(0, wanted - first);
        piece.used = wanted - first;
        piece.changed = true;
        size = wanted;
        if (written) await files.drop(id, first + 1);
      }),
    async commit(options = {}) {
      try {
        const last = held?.changed ? { at: held.at, bytes: held.bytes.subarray(0, held.used) } : undefined;
        return await files.place(
          path,
          { id, sizeBytes: size, begun: written, last: last ?? (size ? undefined : { at: 0, bytes: new Uint8Array() }) },
          options,
        );
      } catch (error) {
        throw storageError(error, 'put', path, options.signal);
      }
    },
    remove: async () => {
      held = undefined;
      if (written) await files.drop(id).catch(() => {});
    },
  };
  try {
    for (let at = 0; from && at < from.sizeBytes; at += pieceBytes) {
      const bytes = await files.getPiece(from, at);
      if (!bytes) throw failure('ObjectChanged', 'the file changed while it was copied', 'put', path);
      // Few bytes stay in memory until they are saved.
      if (from.sizeBytes <= pieceBytes) await write(0, bytes, bytes.length);
      else await put(at, bytes);
      size = Math.min(from.sizeBytes, at + pieceBytes);
    }
    return copy;
  } catch (error) {
    await copy.remove();
    throw error;
  }
}
