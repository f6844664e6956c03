/**
 * What a queue's database has to do for a job: keep the names, hand out ranges of them by its engine, and count outcomes.
 *
 * @module
 */
import type { FailedFile, JobFailure, JobSpec, LeasedFile } from '../types.ts';

/** Names that are kept together, in one row or field. Files are numbered through the job: chunk × this + place in the chunk. */
export const CHUNK_FILES = 1000;

/** What is kept of a job beside its names. */
export interface JobRecord {
  readonly spec: JobSpec;
  /** Tells this job from others of its name, before and after. */
  readonly made: string;
  readonly created: Date;
  readonly total: number;
  /** `making` until all names are there. */
  readonly state: 'making' | 'ready' | 'cancelled';
}

/** Files in a row, never across two chunks. What the engine queues: names are looked up by whoever takes it. */
export interface Range {
  /** Number of the first file. */
  readonly from: number;
  readonly size: number;
}

/** Names to be kept, and the ranges to be queued for them. */
export interface Chunk {
  readonly chunk: number;
  readonly names: readonly string[];
  readonly ranges: readonly Range[];
}

/** A range that is ours for a while. */
export interface Item extends Range {
  /** Its id in the engine. */
  readonly id: string;
  /** What tells this holding of it from every other one. */
  readonly fence: string | number;
  /** Files of it that are to be worked on: neither done nor given up. */
  readonly files: readonly LeasedFile[];
}

/** A file that was not transferred, by its number. */
export interface FailedNumber extends FailedFile {
  readonly id: number;
}

/** Outcomes of files, by their numbers. */
export interface Outcome {
  readonly ok: readonly number[];
  readonly failed: readonly FailedNumber[];
}

/** An item of which outcomes are told, and how many of its files have none yet. */
export interface Told {
  readonly item: Item;
  readonly rest: number;
}

/** The database of one job. Every method may be called again when its answer was lost. */
export interface QueueBackend {
  /** @param mayMake make tables where there are none */
  connect(mayMake: boolean): Promise<void>;
  /** `undefined`: no such job, or no table of jobs. */
  load(): Promise<JobRecord | undefined>;
  /** Take away what is there of the job, and begin it. */
  begin(record: JobRecord): Promise<void>;
  add(chunks: readonly Chunk[]): Promise<void>;
  /** All names are there. */
  ready(total: number): Promise<void>;
  /** Take ranges with up to `count` files together; those of dead holders where there are no others. */
  take(count: number, leaseMs: number): Promise<Item[]>;
  /** @returns whether all were still ours */
  renew(items: readonly Item[], leaseMs: number): Promise<boolean>;
  /** Note outcomes, and let go of the items without a rest. @returns how many files became finished */
  note(outcome: Outcome, told: readonly Told[]): Promise<number>;
  giveBack(items: readonly Item[] | 'all'): Promise<void>;
  counts(): Promise<{ finished: number; leased: number; failed: number }>;
  /** @param after the cursor of the page before */
  failures(after: string | undefined): Promise<{ failures: JobFailure[]; next: string | undefined }>;
  /** Let the files be tried again that were given up, and a job that was cancelled go on. */
  retry(): Promise<number>;
  cancel(): Promise<void>;
  remove(): Promise<void>;
  close(): Promise<void>;
}

/** What is kept of a file that failed. */
export interface Tried {
  readonly attempts: number;
  readonly isFinal: boolean;
}

/** The files of a range that are to be worked on. */
export function openFiles(
  { from, size }: Range,
  names: readonly string[],
  isDone: (place: number) => boolean,
  tried: ReadonlyMap<number, Tried>,
): LeasedFile[] {
  const files: LeasedFile[] = [];
  for (let id = from; id < from + size; id++) {
    const place = id % CHUNK_FILES;
    const name = names[place];
    const failure = tried.get(id);
    if (name !== undefined && !isDone(place) && !failure?.isFinal) files.push({ id, name, attempts: failure?.attempts ?? 0 });
  }
  return files;
}

/** The part of a range with the first `room` of its files, and what is left of it. */
export function cut(
  range: Range,
  files: readonly LeasedFile[],
  room: number,
): { head: Range; files: LeasedFile[]; tail?: Range | undefined } {
  const next = files[room];
  const { from, size } = range;
  if (!next) return { head: { from, size }, files: [...files] };
  const at = Number(next.id);
  return { head: { from, size: at - from }, files: files.slice(0, room), tail: { from: at, size: from + size - at } };
}

/** A chunk's files as ranges of up to `size`. */
export function rangesOf(chunk: number, count: number, size: number): Range[] {
  const ranges: Range[] = [];
  for (let at = 0; at < count; at += size) ranges.push({ from: chunk * CHUNK_FILES + at, size: Math.min(size, count - at) });
  return ranges;
}

/** Whether a file of a chunk is done: a bit for each, the first one the highest of its byte. */
export const hasBit = (bits: Uint8Array, place: number): boolean => (((bits[place >> 3] ?? 0) << (place & 7)) & 0x80) !== 0;

/** Note that a file of a chunk is done. */
export function setBit(bits: Uint8Array, place: number): void {
  bits[place >> 3] = (bits[place >> 3] ?? 0) | (0x80 >> (place & 7));
}

/** The ranges of the queue that hold these files. */
export function rangesAround(ids: Iterable<number>, size: number): Range[] {
  const ranges = new Map<number, Range>();
  for (const id of ids) {
    const chunk = Math.floor(id / CHUNK_FILES);
    const at = Math.floor((id % CHUNK_FILES) / size) * size;
    const from = chunk * CHUNK_FILES + at;
    ranges.set(from, { from, size: Math.min(size, CHUNK_FILES - at) });
  }
  return [...ranges.values()];
}

/** Outcomes by chunks, in the order of these. */
export function byChunk({ ok, failed }: Outcome): [chunk: number, outcome: { ok: number[]; failed: FailedNumber[] }][] {
  const chunks = new Map<number, { ok: number[]; failed: FailedNumber[] }>();
  const of = (id: number): { ok: number[]; failed: FailedNumber[] } => {
    const chunk = Math.floor(id / CHUNK_FILES);
    let found = chunks.get(chunk);
    if (!found) chunks.set(chunk, (found = { ok: [], failed: [] }));
    return found;
  };
  for (const id of ok) of(id).ok.push(id);
  for (const failure of failed) of(failure.id).failed.push(failure);
  return [...chunks].sort(([a], [b]) => a - b);
}
