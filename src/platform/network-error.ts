/**
 * What platforms say when a request fails, as CloudErrors. Their own errors are not passed on: Bun's holds the whole URL, Deno's text
 * too, undici's what the server sent.
 *
 * @module
 */
import type { CloudError } from '../errors.ts';
import type { HttpRequest } from '../types.ts';
import { requestError } from '../util/request-error.ts';

interface PlatformError {
  name?: string;
  message?: string;
  code?: string | number;
  cause?: PlatformError;
  errors?: PlatformError[];
}

/** The same request would fail again: the name does not exist, the certificate is refused, the port was closed. */
const lasting = /ENOTFOUND|CERT|SELF_SIGNED|UNABLE_TO|SSL|TLS|CLOSED$|DESTROYED/;
/** The request itself is wrong. */
const mistakes = /INVALID_ARG|REQ_CONTENT_LENGTH/;

/**
 * The error of a request that got no response, or not all of it: Network or Timeout, retryable unless it would fail again, and
 * InvalidArgument for a request that cannot be sent.
 */
export function networkError(error: unknown, request: HttpRequest): CloudError {
  const { name = 'Error', message, code, cause, errors } = (error ?? {}) as PlatformError;
  // A DOMException's code is a number and says nothing.
  const reason = [code, cause?.code, errors?.[0]?.code].find((it) => typeof it === 'string') ?? name;
  const text = `${message}${cause?.message ? `: ${cause.message}` : ''}`.replace(/\/\/[^/\s]*@/g, '//').replace(/\?\S*/g, '');
  const what = mistakes.test(reason) ? 'InvalidArgument' : /timeout|ETIMEDOUT/i.test(reason) ? 'Timeout' : 'Network';
  return requestError(request, `failed: ${reason}`, {
    code: what,
    retryable: what !== 'InvalidArgument' && !lasting.test(reason),
    cause: Object.assign(new Error(text), { name, code: reason }),
  });
}

/** The error of a server that was waited for in vain. */
export function timeoutError(request: HttpRequest, what: string, ms: number): CloudError {
  return requestError(request, `got no ${what} within ${ms} ms`, { code: 'Timeout', retryable: true });
}

/** The error of a redirect that the port was told not to hand out, or cannot see. */
export function redirectedError(request: HttpRequest, status?: number): CloudError {
  return requestError(request, 'is redirected', { code: 'Redirected', status });
}
