/**
 * The system's error codes, as causes.
 *
 * @module
 */
import { CloudError, isCloudError, type ErrorCode } from '../../errors.ts';

const CODES: Record<string, ErrorCode> = {
  ENOENT: 'NotFound',
  EACCES: 'PermissionDenied',
  EPERM: 'PermissionDenied',
  EROFS: 'PermissionDenied',
  ELOOP: 'PermissionDenied',
  ENOSPC: 'QuotaExceeded',
  EDQUOT: 'QuotaExceeded',
  EFBIG: 'QuotaExceeded',
  EEXIST: 'AlreadyExists',
  EISDIR: 'AlreadyExists',
  ENOTDIR: 'AlreadyExists',
  ENOTEMPTY: 'AlreadyExists',
  ENAMETOOLONG: 'InvalidArgument',
  EINVAL: 'InvalidArgument',
  EILSEQ: 'InvalidArgument',
  ERR_INVALID_ARG_VALUE: 'InvalidArgument',
  EXDEV: 'NotSupported',
  ENOSYS: 'NotSupported',
  EMFILE: 'Throttled',
  ENFILE: 'Throttled',
  EBUSY: 'Throttled',
  EAGAIN: 'Throttled',
};

/** The system's code of an error, '' when it has none. */
export function systemCode(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  // Deno refuses with errors of its own when it was not given the permission.
  if (name === 'NotCapable' || name === 'PermissionDenied') return 'EACCES';
  return typeof code === 'string' ? code : '';
}

/** Whether the error says that there is nothing of that name. */
export const isMissing = (error: unknown): boolean => /^(ENOENT|ENOTDIR)$/.test(systemCode(error));

/** Make a CloudError of what a file call threw; aborts and CloudErrors pass as they are. */
export function diskError(error: unknown, operation: string, path: string, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  const system = systemCode(error);
  if (isCloudError(error) || !system) return error;
  const code = CODES[system] ?? 'NotSupported';
  return new CloudError(`${operation} failed: ${system}`, {
    code,
    operation,
    key: path,
    providerCode: system,
    retryable: code === 'Throttled',
    cause: error,
  });
}
