/**
 * The attempt at an operation that is being made. HDF5 runs without a break, one operation at a time, so there is one or none; the library's
 * files and the guards around it ask here what is going on.
 *
 * @module
 */

/** One attempt at an operation. */
export interface Attempt {
  /** Set when bytes were asked for that are not here. What the library says afterwards, result or error, means nothing. */
  missed: boolean;
  /** What the library printed of errors. */
  text: string;
}

let current: Attempt | undefined;

/** The attempt that is being made. */
export const currentAttempt = (): Attempt | undefined => current;

/** Makes an attempt. */
export function during<T>(attempt: Attempt, act: () => T): T {
  const before = current;
  current = attempt;
  try {
    return act();
  } finally {
    current = before;
  }
}

/** Thrown out of operations of which bytes are missing. */
export class Missed extends Error {
  constructor() {
    super('some bytes of the HDF5 file are still to be fetched');
    this.name = 'Missed';
  }
}
