/**
 * Errors that HDF5 files throw in workers.
 *
 * @module
 */
import { InvalidConfigurationError } from '../../cache/object/errors.ts';
import type { ErrorClasses } from '../../rpc/packed-error.ts';
import { Hdf5Error, MissingFilterError, NotHdf5Error, UnsupportedTypeError } from '../errors.ts';

/** Their classes, the most exact first. */
export const hdf5Classes: ErrorClasses = [
  ['MissingFilterError', MissingFilterError],
  ['UnsupportedTypeError', UnsupportedTypeError],
  ['NotHdf5Error', NotHdf5Error],
  ['Hdf5Error', Hdf5Error],
  ['InvalidConfigurationError', InvalidConfigurationError],
];
