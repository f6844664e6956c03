/**
 * Runs the HDF5 library over a file that it writes, all of which is here: nothing is missed, and what fails has failed for good.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import type { Operation, Work } from '../engine.ts';
import { Hdf5Error } from '../errors.ts';
import type { FileEngine } from '../file/context.ts';
import { attemptHolder, currentAttempt, during, type Attempt } from '../library/attempt.ts';
import { attemptIn, explained } from '../library/attempt-in.ts';
import { libraryError } from '../library/guards.ts';
import type { FileId, H5Module } from '../library/module.ts';
import { overdue } from '../source/turn.ts';
import type { Look } from '../types.ts';
import { createWriteFolder, type NowFile } from './write-folder.ts';

/** Which releases of the library can read what is written, from the oldest on. */
export const formats = { earliest: 0, v18: 1, v110: 2, v112: 3, v114: 4, latest: 5 } as const;
/** The newest that this release of the library has. */
const NEWEST = 5;

/** What an engine is made of. */
export interface WriteEngineInit {
  readonly module: H5Module;
  /** What the file is kept in. */
  readonly kept: NowFile;
  /** The file's name, by which it may link to itself. */
  readonly name: string;
  /** Whether it begins empty. */
  readonly isNew: boolean;
  readonly format: keyof typeof formats;
  /** Groups and objects keep the order in which names were given. */
  readonly trackOrder: boolean;
}

/** The library over one file that it writes. */
export interface WriteEngine extends FileEngine {
  readonly module: H5Module;
  /** The first error after which the file is not what it should be. */
  readonly failure: { readonly error: unknown } | undefined;
  /** Notes that the file is not what it should be. */
  fail(error: unknown): void;
  /** Runs an operation that changes nothing, at once. */
  ask<T>(operation: Operation<T>): T;
  /**
   * Runs an operation that changes the file, at once. An error after which the file may be half changed spoils it; errors of our own, thrown
   * before anything was done, do not.
   *
   * @param harmless errors that the library prints though it does what it should
   */
  change<T>(operation: Operation<T>, harmless?: RegExp): T;
  /** Has the library write what it holds back. */
  flush(): void;
  /** Closes the file. @throws Hdf5Error it could not be written as a whole */
  finish(): void;
  /** Closes the file, of which nothing is wanted. */
  drop(): void;
}

/** What reads is checked by what it gives. */
const ANY = /(?:)/;
/** Of enums in another byte order h5wasm asks for one that they cannot have, and goes on. */
const HARMLESS = /#000:[^\n]*H5Tset_order\(\)/;

/**
 * Whether the library printed an error that is one: h5wasm takes no notice of many. What a filter refuses when a dataset is closed, say, is only
 * told so.
 */
const isSerious = (text: string, harmless: RegExp): boolean =>
  text.split(/(?=HDF5-DIAG)/).some((part) => part.trim() !== '' && !harmless.test(part));

/** How often a file is closed that cannot be. */
const MOST_TRIES = 3;

/** Codes of errors that are thrown before anything is done. */
const before = new Set<string>(['InvalidArgument', 'AlreadyExists', 'NotFound', 'NotSupported']);

const closed = (): CloudError => new CloudError('this HDF5 file is closed', { code: 'InvalidArgument', operation: 'write' });

/**
 * Open a file in the library.
 *
 * @throws NotHdf5Error, Hdf5Error
 */
export function openWriteEngine(init: WriteEngineInit): WriteEngine {
  const { module, kept, name, isNew } = init;
  const folder = createWriteFolder(module.FS, name, kept);
  let file: FileId = -1n;
  let isOpen = true;
  /** Whether the library may hold back what the file does not have yet. */
  let isDirty = true;
  let failure: { error: unknown } | undefined;

  const explain = (error: unknown, { text }: Attempt): unknown => {
    // what the disk or the memory said is why the library failed
    if (folder.failure)
      return isCloudError(folder.failure.error)
        ? folder.failure.error
        : new Hdf5Error('the file could not be kept', { cause: folder.failure.error });
    return explained(error, text);
  };
  const attempt = <T>(operation: Operation<T>, harmless: RegExp): T => {
    if (!isOpen) throw closed();
    const mine: Attempt = { missed: false, text: '', root: folder.path };
    try {
      const value = attemptIn(module, folder.path, mine, () => operation(module, file));
      if (folder.failure || isSerious(mine.text, harmless)) throw libraryError('write this', mine.text);
      return value;
    } catch (error) {
      if (attemptHolder().broken) {
        failure ??= { error };
        throw failure.error;
      }
      throw explain(error, mine);
    } finally {
      if (folder.failure) failure ??= folder.failure;
    }
  };
  const change = <T>(operation: Operation<T>, harmless: RegExp = HARMLESS): T => {
    isDirty = true;
    try {
      return attempt(operation, harmless);
    } catch (error) {
      if (!(isCloudError(error) && before.has(error.code))) failure ??= { error };
      throw error;
    }
  };
  const flush = (): void => {
    if (!isDirty || !isOpen) return;
    change((library, its) => library.flush(its));
    isDirty = false;
  };
  const read = (start: number, end: number): Uint8Array => {
    flush();
    const bytes = new Uint8Array(Math.max(0, Math.min(end, kept.sizeBytes) - start));
    kept.read(bytes, start);
    return bytes;
  };
  const look: Look = {
    get byteLength() {
      flush();
      return kept.sizeBytes;
    },
    read: async (start, end) => read(start, end),
    async ensure() {},
  };
  const close = (): void => {
    isOpen = false;
    folder.remove();
  };

  /** Has the library let go of the file, whatever becomes of it. */
  const letGo = (): void => {
    if (attemptHolder().broken || file < 0n) return;
    folder.swallow();
    // what failed when it was written is tried again by the library, and now it will do
    for (let tries = 0; tries < MOST_TRIES && (tries === 0 || folder.openFiles() > 0); tries++)
      try {
        during({ missed: false, text: '' }, () => module.close_file(file));
      } catch {
        // nothing of it is wanted
      }
  };
  const drop = (): void => {
    if (!isOpen) return;
    letGo();
    close();
  };

  try {
    attempt((library) => {
      const mode = isNew ? library.H5F_ACC_TRUNC : library.H5F_ACC_RDWR;
      file = library.open(folder.file, mode, isNew && init.trackOrder, formats[init.format], NEWEST);
      if (file < 0n) throw libraryError(`${isNew ? 'make' : 'open'} ${name}`, currentAttempt()!.text);
    }, ANY);
  } catch (error) {
    drop();
    throw error;
  }

  return {
    module,
    source: {
      get byteLength() {
        return look.byteLength;
      },
      read: async (ranges) => ranges.map(({ start, end }) => read(start, end)),
    },
    readDirect: async (ranges) => ranges.map(({ start, end }) => read(start, end)),
    hasSiblings: false,
    begin: (): Work => ({ look, overdue, end() {} }),
    async run(operation, { signal }: AbortOptions = {}) {
      throwIfAborted(signal);
      for (let rest = overdue(); rest; rest = overdue()) await rest;
      throwIfAborted(signal);
      return attempt(operation, ANY);
    },
    stats: () => ({ requests: 0, bytesFetched: 0, bytesUsed: 0, rounds: 0 }),
    get failure() {
      return failure;
    },
    fail(error) {
      failure ??= { error };
    },
    ask: (operation) => attempt(operation, ANY),
    change,
    flush,
    finish() {
      flush();
      try {
        change((library, its) => {
          if (library.close_file(its) < 0) throw new Hdf5Error('the HDF5 file could not be closed');
        });
        if (folder.openFiles() > 0) throw new Hdf5Error('the HDF5 library has not let go of the file');
      } catch (error) {
        failure ??= { error };
        letGo();
        throw error;
      } finally {
        close();
      }
    },
    drop,
    close: async () => drop(),
  };
}
