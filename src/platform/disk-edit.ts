/**
 * What working copies have in common on every disk: order, bounds, and their end.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { createSerial } from '../util/serial.ts';
import type { DiskEdit, DiskEditNow, DiskStat } from './types.ts';

/** How a disk deals with the bytes of one working copy. Calls never overlap and are within bounds. */
export interface WorkingCopy extends Pick<DiskEdit, 'read' | 'truncate' | 'commit'> {
  /** `at` is at most the size. */
  write(at: number, bytes: Uint8Array): Promise<void>;
  /** Absent where nothing can be done without waiting. Closed before any other call but `remove`; its calls are within bounds too. */
  openNow?(): Promise<DiskEditNow | undefined>;
  /** Leave nothing; also called after a commit that failed. Called once at most. */
  remove(): Promise<void>;
}

/** Throws away what was forgotten. Made with the first edit. */
let forgotten: FinalizationRegistry<() => Promise<void>> | undefined;

/**
 * Make an edit of a working copy.
 *
 * @param path whose copy it is, for messages
 * @param sizeBytes what it has at the start
 */
export function createEdit(path: string, sizeBytes: number, copy: WorkingCopy): DiskEdit {
  const serial = createSerial();
  const state: { sizeBytes: number; ended: boolean; now: DiskEditNow | undefined } = { sizeBytes, ended: false, now: undefined };
  const token = {};
  const use = <T>(operation: string, numbers: number[], task: () => Promise<T>): Promise<T> =>
    serial(async () => {
      if (state.ended) throw unfit('this working copy was saved or thrown away', operation, path);
      if (state.now) throw unfit('this working copy is open for calls that do not wait', operation, path);
      checkPositions(numbers, operation, path);
      return task();
    });
  // This closure must not know the edit, or it would never be forgotten.
  const discard = (): Promise<void> =>
    serial(async () => {
      if (state.ended) return;
      state.ended = true;
      state.now?.close();
      await copy.remove();
    });
  const openNow = async (): Promise<DiskEditNow | undefined> => {
    const inner = await copy.openNow?.();
    if (!inner) return undefined;
    const check = (at: number): void => {
      if (state.now !== now) throw unfit('this working copy was closed', 'put', path);
      checkPositions([at], 'put', path);
    };
    const now: DiskEditNow = {
      read: (into, at) => (state.now === now && at < state.sizeBytes ? inner.read(into, at) : 0),
      write(bytes, at) {
        check(at);
        if (!bytes.length) return;
        if (at > state.sizeBytes) now.truncate(at);
        inner.write(bytes, at);
        state.sizeBytes = Math.max(state.sizeBytes, at + bytes.length);
      },
      truncate(size) {
        check(size);
        inner.truncate(size);
        state.sizeBytes = size;
      },
      close() {
        if (state.now !== now) return;
        state.now = undefined;
        inner.close();
      },
    };
    state.now = now;
    return now;
  };

  const edit: DiskEdit = {
    get sizeBytes() {
      return state.sizeBytes;
    },
    read: (start, end) =>
      use('get', [start, end], async () => {
        const until = Math.min(end, state.sizeBytes);
        return start < until ? copy.read(start, until) : new Uint8Array();
      }),
    write: (at, bytes) =>
      use('put', [at], async () => {
        if (!bytes.length) return;
        if (at > state.sizeBytes) {
          await copy.truncate(at);
          state.sizeBytes = at;
        }
        await copy.write(at, bytes);
        state.sizeBytes = Math.max(state.sizeBytes, at + bytes.length);
      }),
    truncate: (size) =>
      use('put', [size], async () => {
        await copy.truncate(size);
        state.sizeBytes = size;
      }),
    openNow: () => use('put', [], openNow),
    commit: (options = {}) =>
      use('put', [], async (): Promise<DiskStat> => {
        state.ended = true;
        forgotten?.unregister(token);
        try {
          return await copy.commit(options);
        } catch (error) {
          await copy.remove();
          throw error;
        }
      }),
    async discard() {
      forgotten?.unregister(token);
      await discard();
    },
  };
  forgotten ??= new FinalizationRegistry((drop) => void drop().catch(() => {}));
  forgotten.register(edit, discard, token);
  return edit;
}

function checkPositions(numbers: readonly number[], operation: string, path: string): void {
  if (!numbers.every((n) => Number.isSafeInteger(n) && n >= 0)) throw unfit('positions are whole numbers from 0', operation, path);
}

const unfit = (message: string, operation: string, key: string): CloudError =>
  new CloudError(message, { code: 'InvalidArgument', operation, key });
