/**
 * Runs the HDF5 library, which cannot wait, over bytes that may have to be fetched: an operation that misses bytes is thrown away, result and
 * error, and made again when they are here. The library opens objects by path in each call and keeps nothing between them but the file, so
 * that reading again does no harm.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import { abortable, throwIfAborted } from '../util/abort.ts';
import type { AbortOptions } from '../types.ts';
import { attemptHolder, currentAttempt, during, type Attempt } from './library/attempt.ts';
import { attemptIn, explained } from './library/attempt-in.ts';
import { libraryError } from './library/guards.ts';
import type { FileId, H5Module } from './library/module.ts';
import { createReadFolder } from './library/read-files.ts';
import { createPages, type Pages, type PagesOptions, type Visit } from './source/pages.ts';
import { createRests } from './source/turn.ts';
import type { ByteRange, Hdf5Source, Look } from './types.ts';

/** What an engine is made of. */
export interface EngineInit {
  readonly module: H5Module;
  readonly source: Hdf5Source;
  /** The file's name, by which it may link to itself. */
  readonly name: string;
  readonly pages: Omit<PagesOptions, 'life'>;
  /** Whether somebody else may look at the bytes that the source gives. @default false */
  readonly lendsBytes?: boolean | undefined;
}

/** One piece of work on a file. What it reads or asks for stays in memory until it ends. */
export interface Work {
  /** For the planner: the bytes of the main file. */
  readonly look: Look;
  /** What to wait for when the thread was held for long, see `overdue`. */
  overdue(): Promise<void> | undefined;
  end(): void;
}

/** What an operation of the library is given. */
export type Operation<T> = (module: H5Module, file: FileId) => T;

/** How it is run. */
export interface RunOptions extends AbortOptions {
  /** What it is part of. @default a work of its own */
  work?: Work | undefined;
}

/** The library over one file. */
export interface Engine {
  readonly source: Hdf5Source;
  readonly pages: Pages;
  /** Opens the file in the library. */
  open(options?: AbortOptions): Promise<void>;
  /** Begins a piece of work; it must be ended. */
  begin(): Work;
  /**
   * Runs an operation until nothing is missing. It must leave nothing behind when it throws.
   *
   * @throws Hdf5Error the library failed; what the source throws; `signal.reason`
   */
  run<T>(operation: Operation<T>, options?: RunOptions): Promise<T>;
  /** Reads bytes past the pages, each range into a buffer of its own. */
  readDirect(ranges: readonly ByteRange[], options?: AbortOptions): Promise<Uint8Array[]>;
  /** Whether somebody else may look at the bytes that the source gives. */
  readonly lendsBytes?: boolean | undefined;
  /** Whether the library has looked into files beside this one. */
  readonly hasSiblings: boolean;
  stats(): { requests: number; bytesFetched: number; bytesUsed: number; rounds: number };
  close(): Promise<void>;
}

/** Files beside the main one that are opened for it at most. */
const MOST_SIBLINGS = 4096;
const MOST_DEPTH = 8;

interface InnerWork extends Work {
  readonly unknown: Set<string>;
  visitOf(pages: Pages): Visit;
  /** Whether something was missed or looked for. */
  readonly wants: boolean;
  fetchMissed(): Promise<void>;
}

const isName = (name: string): boolean =>
  name.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !/[\\\0]/.test(name);

/** Make the engine of a file. Nothing is read yet. */
export function createEngine(init: EngineInit): Engine {
  const { module, source, name } = init;
  const life = new AbortController();
  const rests = createRests();
  const siblings = new Map<string, Promise<void>>();
  const all: { source: Hdf5Source; pages: Pages }[] = [];
  let current: InnerWork | undefined;
  let file: FileId = -1n;

  const folder = createReadFolder(module.FS, (unknown) => void current?.unknown.add(unknown));
  const add = (path: string, its: Hdf5Source): Pages => {
    const pages = createPages(its, { ...init.pages, life: life.signal, rests });
    all.push({ source: its, pages });
    folder.add(path, { byteLength: its.byteLength, readNow: (target, at) => current?.visitOf(pages).readNow(target, at) ?? -1 });
    return pages;
  };
  const pages = add(name, source);

  /** A file that may not be read is as good as none: stores that hide their listings say so of what is not there. */
  async function askFor(path: string): Promise<Hdf5Source | null> {
    try {
      return (await source.sibling?.(path, { signal: life.signal })) ?? null;
    } catch (error) {
      if (isCloudError(error, 'PermissionDenied') || isCloudError(error, 'NotFound')) return null;
      throw error;
    }
  }
  /** Looks for a file beside this one, once. */
  const look = (path: string): Promise<void> => {
    let found = siblings.get(path);
    if (!found) {
      const open = async (): Promise<void> => {
        const isAllowed = isName(path) && path.split('/').length <= MOST_DEPTH;
        if (all.length > MOST_SIBLINGS)
          throw new CloudError(`this file needs more than ${MOST_SIBLINGS} others`, { code: 'QuotaExceeded', operation: 'read' });
        const its = isAllowed ? await askFor(path) : null;
        if (life.signal.aborted) {
          await its?.close?.();
          throw life.signal.reason;
        }
        if (its) add(path, its);
        else folder.add(path, null);
      };
      siblings.set(path, (found = open()));
      // what fails for the moment may be tried again
      found.catch(() => siblings.delete(path));
    }
    return found;
  };

  function begin(): InnerWork {
    const visits = new Map<Pages, Visit>();
    const unknown = new Set<string>();
    const visitOf = (its: Pages): Visit => {
      let visit = visits.get(its);
      if (!visit) visits.set(its, (visit = its.visit()));
      return visit;
    };
    return {
      unknown,
      visitOf,
      look: visitOf(pages).look,
      overdue: () => rests.overdue(),
      get wants() {
        return unknown.size > 0 || [...visits.values()].some((visit) => visit.missed);
      },
      async fetchMissed() {
        const wanted = [...unknown];
        unknown.clear();
        const visited = [...visits.values()].filter((visit) => visit.missed);
        await Promise.all([...visited.map((visit) => visit.fetchMissed()), ...wanted.map(look)]);
      },
      end() {
        for (const visit of visits.values()) visit.end();
        visits.clear();
      },
    };
  }

  /** What an operation's error means to who called. */
  const explain = (error: unknown, { text }: Attempt): unknown => {
    if (error instanceof RangeError && /memory|array/i.test(error.message))
      return new CloudError('this is more than the memory of WebAssembly holds: read it in blocks', {
        code: 'QuotaExceeded',
        operation: 'read',
        cause: error,
      });
    return explained(error, text);
  };

  async function run<T>(operation: Operation<T>, { signal, work }: RunOptions = {}): Promise<T> {
    const mine = (work as InnerWork | undefined) ?? begin();
    try {
      for (;;) {
        throwIfAborted(signal);
        throwIfAborted(life.signal);
        for (let rest = rests.overdue(); rest; rest = rests.overdue()) await rest;
        throwIfAborted(life.signal);
        const attempt: Attempt = { missed: false, text: '', root: folder.path };
        const before = current;
        current = mine;
        let failure: { error: unknown } | undefined;
        let value: T | undefined;
        try {
          value = attemptIn(module, folder.path, attempt, () => operation(module, file));
        } catch (error) {
          if (attemptHolder().broken) throw error;
          failure = { error };
        } finally {
          current = before;
        }
        if (!attempt.missed) {
          if (failure) throw explain(failure.error, attempt);
          return value as T;
        }
        if (!mine.wants) throw libraryError('do this', attempt.text || 'anyfile: a file is read that is not open');
        await abortable(mine.fetchMissed(), signal);
      }
    } finally {
      if (!work) mine.end();
    }
  }

  return {
    source,
    pages,
    async readDirect(ranges, { signal } = {}) {
      throwIfAborted(life.signal);
      const bytes = await abortable(pages.pass(ranges, { signal }), signal);
      throwIfAborted(life.signal);
      return bytes;
    },
    lendsBytes: init.lendsBytes,
    begin,
    run,
    async open(options) {
      file = await run((library) => {
        const opened = library.open(`${folder.path}/${name}`, library.H5F_ACC_RDONLY, false, -1, -1);
        const attempt = currentAttempt()!;
        if (opened >= 0n && attempt.missed) library.close_file(opened);
        if (opened < 0n && !attempt.missed) throw libraryError('open this file', attempt.text);
        return opened;
      }, options);
    },
    get hasSiblings() {
      return all.length > 1;
    },
    stats() {
      const sum = { requests: 0, bytesFetched: 0, bytesUsed: 0, rounds: 0 };
      for (const one of all) {
        const { bytesUsed, ...asked } = one.pages.stats;
        const { requests, bytesFetched, rounds } = one.source.stats?.() ?? asked;
        sum.requests += requests;
        sum.bytesFetched += bytesFetched;
        sum.bytesUsed += bytesUsed;
        sum.rounds += rounds;
      }
      return sum;
    },
    async close() {
      if (life.signal.aborted) return;
      life.abort(new CloudError('this HDF5 file is closed', { code: 'InvalidArgument', operation: 'read' }));
      try {
        if (file >= 0n && !attemptHolder().broken) during({ missed: false, text: '' }, () => module.close_file(file));
      } finally {
        folder.remove();
        for (const one of all) one.pages.clear();
        await Promise.all(all.map(async (one) => one.source.close?.()));
      }
    },
  };
}
