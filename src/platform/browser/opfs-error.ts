/**
 * What browsers throw, as causes.
 *
 * @module
 */
import { CloudError, isCloudError, type ErrorCode } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { abortable, throwIfAborted } from '../../util/abort.ts';

const CODES: Record<string, ErrorCode> = {
  NotFoundError: 'NotFound',
  TypeMismatchError: 'AlreadyExists',
  InvalidModificationError: 'AlreadyExists',
  QuotaExceededError: 'QuotaExceeded',
  NS_ERROR_FILE_NO_DEVICE_SPACE: 'QuotaExceeded',
  NotAllowedError: 'PermissionDenied',
  SecurityError: 'PermissionDenied',
  NoModificationAllowedError: 'Throttled', // someone else has it open
  InvalidStateError: 'Throttled',
  NotReadableError: 'ObjectChanged',
  AbortError: 'ObjectChanged',
  TypeError: 'InvalidArgument', // a name that this browser does not take
};

/** Run one operation: it ends with the signal's reason or a CloudError. */
export async function guarded<T>(operation: string, path: string, options: AbortOptions | undefined, task: () => Promise<T>): Promise<T> {
  throwIfAborted(options?.signal);
  try {
    return await abortable(task(), options?.signal);
  } catch (error) {
    throw opfsError(error, operation, path, options?.signal);
  }
}

/** The result, or `null` when there is no such file or folder. */
export async function orNull<T>(find: () => Promise<T>): Promise<T | null> {
  try {
    return await find();
  } catch (error) {
    // A folder where a file was looked for, or a file on the way there.
    if (/^(NotFoundError|TypeMismatchError)$/.test(nameOf(error))) return null;
    throw error;
  }
}

/** Some browsers reject with `null`, or with objects that are no errors. */
const nameOf = (error: unknown): string => (error as { name?: string } | null | undefined)?.name ?? 'UnknownError';

/** Make a CloudError of what a browser threw; aborts and CloudErrors pass as they are. */
export function opfsError(error: unknown, operation: string, path: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (isCloudError(error)) return error;
  const name = nameOf(error);
  const code = CODES[name] ?? 'NotSupported';
  const retryable = code === 'Throttled' || code === 'ObjectChanged';
  return new CloudError(`${operation} failed: ${name}`, { code, operation, key: path, providerCode: name, retryable, cause: error });
}
