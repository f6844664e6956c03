/**
 * The errors of labels and tags, which users catch by name.
 *
 * @module
 */
import { CloudError } from '../errors.ts';

/** A label that does not keep the rule of {@link parseLabel}; its code is `InvalidArgument`. */
export class InvalidLabelError extends CloudError {
  constructor(message: string) {
    super(message, { code: 'InvalidArgument' });
    this.name = 'InvalidLabelError';
  }
}

/** A tag whose name does not keep the rule of {@link checkTagName}; its code is `InvalidArgument`. */
export class InvalidTagError extends CloudError {
  constructor(message: string) {
    super(message, { code: 'InvalidArgument' });
    this.name = 'InvalidTagError';
  }
}
