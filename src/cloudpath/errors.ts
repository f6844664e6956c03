/**
 * The errors of paths, which users catch by name; each says its code. The names are cloudpathlib's.
 *
 * @module
 */
import { CloudError, type CloudErrorInit } from '../errors.ts';

export { InvalidConfigurationError } from '../cache/object/errors.ts';

type About = Omit<CloudErrorInit, 'code'>;

/** What all of these are. */
export class CloudPathError extends CloudError {
  constructor(message: string, init: CloudErrorInit) {
    super(message, init);
    this.name = 'CloudPathError';
  }
}

/** Neither a cloud path nor a local one can be made of this; its code is `InvalidArgument`. */
export class AnyPathTypeError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'InvalidArgument' });
    this.name = 'AnyPathTypeError';
  }
}

/** A path and a client, or two paths, that do not belong together; its code is `InvalidArgument`. */
export class ClientMismatchError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'InvalidArgument' });
    this.name = 'ClientMismatchError';
  }
}

/** The text does not begin as a path of a store does; its code is `UnsupportedProtocol`. */
export class InvalidPrefixError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'UnsupportedProtocol' });
    this.name = 'InvalidPrefixError';
  }
}

/** There is a file or object where none may be; its code is `AlreadyExists`. */
export class CloudPathFileExistsError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'AlreadyExists' });
    this.name = 'CloudPathFileExistsError';
  }
}

/** There is no such object, and it was to be read, appended to or removed; its code is `NotFound`. */
export class CloudPathFileNotFoundError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'NotFound' });
    this.name = 'CloudPathFileNotFoundError';
  }
}

/** It is a directory, and only a file will do; its code is `InvalidArgument`. */
export class CloudPathIsADirectoryError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'InvalidArgument' });
    this.name = 'CloudPathIsADirectoryError';
  }
}

/** It is a file, and only a directory will do; its code is `InvalidArgument`. */
export class CloudPathNotADirectoryError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'InvalidArgument' });
    this.name = 'CloudPathNotADirectoryError';
  }
}

/** There is nothing to copy or download, neither file nor directory; its code is `NotFound`. */
export class CloudPathNotExistsError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'NotFound' });
    this.name = 'CloudPathNotExistsError';
  }
}

/** Stores have no such thing, or patterns and targets of that kind are not taken; its code is `NotSupported`. */
export class CloudPathNotImplementedError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'NotSupported' });
    this.name = 'CloudPathNotImplementedError';
  }
}

/** The directory still holds something; `rmtree` removes it with all that is in it; its code is `InvalidArgument`. */
export class DirectoryNotEmptyError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'InvalidArgument' });
    this.name = 'DirectoryNotEmptyError';
  }
}

/** The pattern is empty, or is none; its code is `InvalidArgument`. */
export class InvalidGlobArgumentsError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'InvalidArgument' });
    this.name = 'InvalidGlobArgumentsError';
  }
}

/** There are no facts about it: it is not there, or a directory; its code is `NotFound`. */
export class NoStatError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'NotFound' });
    this.name = 'NoStatError';
  }
}

/** The local copy holds edits that were not uploaded; to read the object would throw them away; its code is `PreconditionFailed`. */
export class OverwriteDirtyFileError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'PreconditionFailed' });
    this.name = 'OverwriteDirtyFileError';
  }
}

/** The object in the cloud is another than the one that was to be replaced, or newer than what was to replace it; its code is `PreconditionFailed`. */
export class OverwriteNewerCloudError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'PreconditionFailed' });
    this.name = 'OverwriteNewerCloudError';
  }
}

/** The local copy was changed by somebody else since it was fetched; to read the object would throw that away; its code is `PreconditionFailed`. */
export class OverwriteNewerLocalError extends CloudPathError {
  constructor(message: string, about?: About) {
    super(message, { ...about, code: 'PreconditionFailed' });
    this.name = 'OverwriteNewerLocalError';
  }
}
