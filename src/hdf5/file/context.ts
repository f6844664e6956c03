/**
 * What the objects of one open file share.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { abortable, throwIfAborted } from '../../util/abort.ts';
import type { Engine, Work } from '../engine.ts';
import { Hdf5Error } from '../errors.ts';
import type { Superblock } from '../layout/types.ts';
import type { LoadPlugin } from '../library/filters.ts';
import type { Look } from '../types.ts';
import type { Hdf5Item } from './items.ts';

/** What a file's objects use of what runs the library over it. */
export type FileEngine = Omit<Engine, 'pages' | 'open'>;

/** One open file. */
export interface FileContext {
  readonly engine: FileEngine;
  readonly superblock: Superblock;
  /** Whether what is needed is worked out before it is read. */
  readonly isPlanned: boolean;
  readonly loadPlugin: LoadPlugin | undefined;
  /** What groups open and list by; made last. */
  objects: FileObjects;
}

/** Finding objects in a file, by absolute paths. */
export interface FileObjects {
  /** Null when there is nothing. */
  open(path: string, options: AbortOptions): Promise<Hdf5Item | null>;
  keys(path: string, options: AbortOptions): Promise<string[]>;
}

/**
 * Reads the file's own words, which may be damaged or of a kind that is not known.
 *
 * @returns undefined where they cannot be made out
 */
export async function tryRead<T>(work: Work, signal: AbortSignal | undefined, read: (look: Look) => Promise<T>): Promise<T | undefined> {
  for (let rest = work.overdue(); rest; rest = work.overdue()) await rest;
  try {
    return await abortable(read(work.look), signal);
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof Hdf5Error) return undefined;
    throw error;
  }
}

/**
 * Does what makes reading quick and may fail: what the planner cannot make out is read without a plan.
 *
 * @returns undefined where there is no plan
 */
export const tryPlan = async <T>(
  { isPlanned }: FileContext,
  work: Work,
  signal: AbortSignal | undefined,
  plan: (look: Look) => Promise<T>,
): Promise<T | undefined> => (isPlanned ? tryRead(work, signal, plan) : undefined);

/** An object's own words, by its address; undefined for what is in another file, and where they cannot be made out. */
export const tryWords = async <T>(
  { superblock }: FileContext,
  { work, signal, address }: AbortOptions & { work: Work; address: number | undefined },
  read: (look: Look, superblock: Superblock, address: number) => Promise<T>,
): Promise<T | undefined> => (address === undefined ? undefined : tryRead(work, signal, (look) => read(look, superblock, address)));
