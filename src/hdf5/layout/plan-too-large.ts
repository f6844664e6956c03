/**
 * How much one plan may name.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';

/** Chunks, or rows of a contiguous dataset, that one plan names at most. */
export const MAX_PLANNED = 200_000;

/** A selection touches more than {@link MAX_PLANNED} chunks or rows: read it in blocks. The code is `NotSupported`. */
export class PlanTooLarge extends Hdf5Error {
  constructor(what: string) {
    super(`A selection of more than ${MAX_PLANNED.toLocaleString('en')} ${what}`, { code: 'NotSupported' });
    this.name = 'PlanTooLarge';
  }
}
