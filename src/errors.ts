/**
 * Errors by cause: one class, one union of codes, one guard.
 *
 * @module
 */
import type { ObjectInfo } from './types.ts';

/** What went wrong, as a value that a program can switch on. */
export type ErrorCode =
  | 'NotFound' // the bucket, directory or upload is missing (a missing object is `null`, not an error)
  | 'NotModified' // a conditional read: the caller's copy is still right
  | 'NotCached' // nothing may be fetched (freshness `offline`), and it is not kept
  | 'PermissionDenied' // 403: the credentials are known and may not do this
  | 'Unauthenticated' // 401: no, wrong or expired credentials
  | 'SignatureMismatch' // the server computed another signature: wrong secret or altered request
  | 'PreconditionFailed' // 412: ifMatch or ifAbsent did not hold
  | 'AlreadyExists' // the target is there and may not be replaced
  | 'ObjectChanged' // the object became another version between two reads of one handle
  | 'IntegrityError' // the bytes do not have the checksum that the store promised
  | 'Truncated' // fewer or more bytes than promised
  | 'RangeNotSupported' // the server answered a range request with the whole object
  | 'RangeNotSatisfiable' // 416: the range begins past the end
  | 'Throttled' // 429 or 503 SlowDown
  | 'Timeout'
  | 'Network' // no answer at all: refused, reset, DNS, or CORS where a browser does not tell them apart
  | 'CorsOrNetwork' // in a page: the server is reachable, yet the answer may not be read
  | 'ClockSkew' // the server refuses the request's time
  | 'ServerError' // 5xx
  | 'QuotaExceeded'
  | 'Redirected' // a redirect that may not be followed with credentials
  | 'InvalidArgument'
  | 'InvalidUrl'
  | 'UnsupportedProtocol'
  | 'InvalidResponse' // the server's answer is not what its protocol says
  | 'InvalidFile' // the file's content is not what its format says
  | 'CompressionError'
  | 'DecompressionError'
  | 'NotSupported';

/** What a {@link CloudError} is made of. */
export interface CloudErrorInit {
  code: ErrorCode;
  /** Whether the same call may succeed when made again. @default false */
  retryable?: boolean | undefined;
  /** HTTP status, where there was one. */
  status?: number | undefined;
  /** Any URL; its query, user and fragment are taken off before it is kept. */
  url?: string | undefined;
  /** The method of the public API, e.g. `get`. */
  operation?: string | undefined;
  /** The object's key. */
  key?: string | undefined;
  /** The provider's own code, e.g. `NoSuchBucket`. */
  providerCode?: string | undefined;
  /** The provider's request id, for its support desk. */
  requestId?: string | undefined;
  /** How long the server asked to wait, in ms. */
  retryAfterMs?: number | undefined;
  /** What a refusal told of the object, as `NotModified` does; with `metadata` where it told everything that a read tells. */
  info?: Partial<ObjectInfo> | undefined;
  cause?: unknown;
}

/**
 * Take everything off a URL that may be secret: user info, query, fragment.
 *
 * @example redactUrl('https://h/b/k?X-Amz-Signature=…') // 'https://h/b/k'
 */
export function redactUrl(url: string): string {
  if (!/[?#@]/.test(url)) return url;
  return url.replace(/[?#].*$/s, '').replace(/^([a-z][\w+.-]*:\/\/(?:https?:\/\/)?)[^/]*@/i, '$1');
}

/**
 * The one error class of anyfile. Nothing in it holds a secret: URLs are redacted, messages are written by anyfile.
 *
 * @example
 * try { await cf.get('a') } catch (error) { if (isCloudError(error, 'PermissionDenied')) … }
 */
export class CloudError extends Error {
  declare readonly code: ErrorCode;
  declare readonly retryable: boolean;
  declare readonly status?: number | undefined;
  declare readonly url?: string | undefined;
  declare readonly operation?: string | undefined;
  declare readonly key?: string | undefined;
  declare readonly providerCode?: string | undefined;
  declare readonly requestId?: string | undefined;
  declare readonly retryAfterMs?: number | undefined;
  declare readonly info?: Partial<ObjectInfo> | undefined;

  constructor(message: string, init: CloudErrorInit) {
    const { cause, url, ...rest } = init;
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, { name: 'CloudError', retryable: false, ...rest, url: url && redactUrl(url) });
  }

  /** Plain data for logs: no cause, no stack, no secret. */
  toJSON(): Record<string, unknown> {
    const { cause: _, stack: __, ...fields } = this as Record<string, unknown>;
    return { message: this.message, ...fields };
  }
}

/**
 * Whether `error` is a {@link CloudError}, and of that code. Works across realms and workers.
 *
 * @param code the code to ask for; any when left out
 */
export function isCloudError(error: unknown, code?: ErrorCode): error is CloudError {
  const e = error as CloudError | undefined;
  return e instanceof Error && typeof e.code === 'string' && 'retryable' in e && (code === undefined || e.code === code);
}
