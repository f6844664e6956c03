/**
 * The errors of a cache, which users catch by name.
 *
 * @module
 */
import { CloudError, type CloudErrorInit } from '../../errors.ts';

/** The options of the cache do not go together, or name what is not there; its code is `InvalidArgument`. */
export class InvalidConfigurationError extends CloudError {
  constructor(message: string, about?: Omit<CloudErrorInit, 'code'>) {
    super(message, { ...about, code: 'InvalidArgument' });
    this.name = 'InvalidConfigurationError';
  }
}
