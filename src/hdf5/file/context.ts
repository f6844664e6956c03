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
import { breathe } from '../source/turn.ts';
import type { Look } from '../types.ts';
import type { Hdf5Item } from './items.ts';

/** What a file's objects use of what runs the library over it. */
export type FileEngine = Omit<Engine, 'pages' | 'open' | 'attempts'>;

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
 * Does what makes reading quick and may fail: what the planner cannot make out is read without a plan.
 *
 * @returns undefined where there is no plan
 */
export async function tryPlan<T>(
  context: Pick<FileContext, 'isPlanned'>,
  work: Work,
  signal: AbortSignal | undefined,
  plan: (look: Look) => Promise<T>,
): Promise<T | undefined> {
  if (!context.isPlanned) return undefined;
  await breathe();
  try {
    return await abortable(plan(work.look), signal);
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof Hdf5Error) return undefined;
    throw error;
  }
}
