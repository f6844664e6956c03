/**
 * What goes wrong with HDF5 files, by name; each says its code.
 *
 * @module
 */
import { CloudError, type CloudErrorInit } from '../errors.ts';

type About = Omit<CloudErrorInit, 'code'> & { detail?: string | undefined };

/** The file's content is not what its format says; the code is `InvalidFile` unless a subclass says another. */
export class Hdf5Error extends CloudError {
  /** What the HDF5 library printed, cause last; for those who look for the reason. */
  declare readonly detail?: string | undefined;

  constructor(message: string, about: About & Partial<Pick<CloudErrorInit, 'code'>> = {}) {
    super(message, { code: 'InvalidFile', ...about });
    this.name = 'Hdf5Error';
  }
}

/** There is no HDF5 file here; the code is `InvalidFile`. */
export class NotHdf5Error extends Hdf5Error {
  constructor(message: string, about?: About) {
    super(message, about);
    this.name = 'NotHdf5Error';
  }
}

/** A dataset is packed by a filter that is not built in and was not given as a plugin; the code is `NotSupported`. */
export class MissingFilterError extends Hdf5Error {
  /** The filter's registered number, e.g. 32015. */
  declare readonly filterId: number;
  /** Its name, as the file or the registry of filters has it. */
  declare readonly filterName: string;

  constructor(message: string, filter: { id: number; name: string }, about?: About) {
    super(message, { ...about, code: 'NotSupported' });
    Object.assign(this, { name: 'MissingFilterError', filterId: filter.id, filterName: filter.name });
  }
}

/** Values of a type that cannot be had, or not be written; the code is `NotSupported`. */
export class UnsupportedTypeError extends Hdf5Error {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'NotSupported' });
    this.name = 'UnsupportedTypeError';
  }
}
