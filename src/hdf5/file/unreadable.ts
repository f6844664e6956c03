/**
 * What a walk came by and cannot read.
 *
 * @module
 */
import type { CloudError } from '../../errors.ts';

/** Something that a walk came by and that cannot be read: its name is no UTF-8, its type is not known, its header is damaged. */
export class Hdf5Unreadable {
  readonly kind = 'unreadable';
  readonly path: string;
  /** Why. */
  readonly error: CloudError;

  /** @internal */
  constructor(path: string, error: CloudError) {
    this.path = path;
    this.error = error;
  }
}
