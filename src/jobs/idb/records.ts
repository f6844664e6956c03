/**
 * A job in IndexedDB: a record for 1,000 names with a bit for each that is done, since a record a name is a hundred times as slow.
 *
 * @module
 */

/** Names in a chunk. */
export const CHUNK = 1000;

/** The one record of the job. */
export interface JobRecord {
  source: string;
  dest: string;
  reencode: string | null;
  /** ms since 1970; also tells the job from others. */
  created: number;
  id: string;
  /** Names so far; all of them once it is whole. */
  total: number;
  finished: number;
  /** Files that failed for good. */
  failed: number;
  cancelled: boolean;
  /** Set while it is made: what is made, and where its names go on. */
  making?: { what: string; position: string | undefined };
}

/** Some of its names. */
export interface ChunkRecord {
  names: string[];
  /** A bit for each name that is done. */
  done: Uint8Array<ArrayBuffer>;
  /** How many are not. */
  left: number;
}

/** What went wrong with a file. */
export interface FailureRecord {
  name: string;
  error: string;
  attempts: number;
  /** When it is tried again, ms since 1970. */
  nextAt: number;
  dead: boolean;
}

/** The key of the job's record. */
export const JOB = 'job';

/** The key of a chunk of names. */
export const chunkKey = (chunk: number): IDBValidKey => ['c', chunk];
/** The key of what is known of a file that failed. */
export const failureKey = (id: number): IDBValidKey => ['f', id];

/** All keys of one kind. */
export const rangeOf = (kind: 'c' | 'f'): IDBKeyRange => IDBKeyRange.bound([kind], [kind, []]);

/** Whether a name is done. */
export const isDone = (done: Uint8Array, index: number): boolean => ((done[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;

/** Mark a name. */
export const markDone = (done: Uint8Array, index: number): void => {
  done[index >> 3]! |= 1 << (index & 7);
};

/** A chunk of which nothing is done. */
export const chunkOf = (names: string[]): ChunkRecord => ({ names, done: new Uint8Array(CHUNK / 8), left: names.length });
