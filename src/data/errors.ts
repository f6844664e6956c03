/**
 * The errors of datafiles, datasets and manifests, which users catch by name.
 *
 * @module
 */
import { CloudError, type CloudErrorInit } from '../errors.ts';

type About = Omit<CloudErrorInit, 'code'>;

/** What was asked for needs a place in the cloud, and there is none; its code is `InvalidArgument`. */
export class CloudLocationNotSpecifiedError extends CloudError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'InvalidArgument' });
    this.name = 'CloudLocationNotSpecifiedError';
  }
}

/** What was asked for needs a local path, and there is none; its code is `InvalidArgument`. */
export class LocalLocationNotSpecifiedError extends CloudError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'InvalidArgument' });
    this.name = 'LocalLocationNotSpecifiedError';
  }
}

/** A file or document behind a URL cannot be changed; its code is `NotSupported`. */
export class ReadOnlyResourceError extends CloudError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'NotSupported' });
    this.name = 'ReadOnlyResourceError';
  }
}

/** There is no such file or object; its code is `NotFound`. */
export class FileNotFoundError extends CloudError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'NotFound' });
    this.name = 'FileNotFoundError';
  }
}

/** There is a file where none may be; its code is `AlreadyExists`. */
export class FileExistsError extends CloudError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'AlreadyExists' });
    this.name = 'FileExistsError';
  }
}

/** Somebody else changed it meanwhile, and nothing was overwritten; its code is `PreconditionFailed`. */
export class ConflictError extends CloudError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'PreconditionFailed' });
    this.name = 'ConflictError';
  }
}
