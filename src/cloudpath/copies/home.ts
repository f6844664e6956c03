/**
 * The folder that copies are in.
 *
 * @module
 */
import type { Disk } from '../../platform/types.ts';

/** A folder for copies, on a disk. */
export interface Home {
  readonly disk: Disk;
  /** Absolute, without a slash at its end. Nothing in it is touched but copies and {@link ROOM}. */
  readonly dir: string;
  /** How long a file may be written to without the disk's version showing it, in ms; 0 when never. */
  readonly grainMs: number;
  /** Whether names may hold `\`. */
  readonly backslash: boolean;
}

/** What anyfile keeps beside the copies, in a folder of its own. */
export const ROOM = '.anyfile';

/** Where records and locks are. */
export const roomOf = ({ dir }: Home): string => `${dir}/${ROOM}`;
