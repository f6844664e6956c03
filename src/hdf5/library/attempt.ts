/**
 * The attempt at an operation that is being made. HDF5 runs without a break, one operation at a time, so there is one or none in a module; the
 * library's files and the guards around it ask here what is going on. Where two copies of this code use one module, they share it.
 *
 * @module
 */

/** One attempt at an operation. */
export interface Attempt {
  /** Set when bytes were asked for that are not here. What the library says afterwards, result or error, means nothing. */
  missed: boolean;
  /** What the library printed of errors. */
  text: string;
  /** The only folder, besides that of plugins, in which it may open files. @default anywhere */
  root?: string | undefined;
  /** The object whose attributes were listed last, and their names. */
  listed?: { of: string; names: ReadonlySet<string> } | undefined;
}

/** Where the attempt is kept, for all copies of this code. */
export interface AttemptHolder {
  /** Of what is agreed on here. */
  readonly version: 1;
  current: Attempt | undefined;
  /** Set when the module has broken down: nothing that it says means anything any more. */
  broken?: unknown;
}

let holder: AttemptHolder = { version: 1, current: undefined };

/** Uses the holder that another copy of this code has put there. */
export function shareHolder(other: AttemptHolder): void {
  holder = other;
}

/** What is shared. */
export const attemptHolder = (): AttemptHolder => holder;

/** The attempt that is being made. */
export const currentAttempt = (): Attempt | undefined => holder.current;

/** Makes an attempt. */
export function during<T>(attempt: Attempt, act: () => T): T {
  const before = holder.current;
  holder.current = attempt;
  try {
    return act();
  } finally {
    holder.current = before;
  }
}

/** Thrown out of operations of which bytes are missing. */
export class Missed extends Error {
  constructor() {
    super('some bytes of the HDF5 file are still to be fetched');
    this.name = 'Missed';
  }
}
