/**
 * The errors of what may not fail in silence: what is told to be gone must be gone.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { codeOf } from './disk-errors.ts';

/** Storage did not answer: `Timeout`. */
export const lateError = (operation: string): CloudError =>
  new CloudError('the storage of the cache did not answer in time: something may be left', { code: 'Timeout', operation, retryable: true });

/**
 * Storage said no: `ServerError`.
 *
 * @param cause what the platform threw
 */
export const failedError = (operation: string, cause: unknown): CloudError =>
  cause instanceof CloudError
    ? cause
    : new CloudError(`the storage of the cache failed (${codeOf(cause)}): something may be left`, {
        code: 'ServerError',
        operation,
        retryable: true,
        cause,
      });
