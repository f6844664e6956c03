/**
 * Bodies of responses that are errors: short, read to the end and out of the way before anybody looks at them.
 *
 * @module
 */
import type { CloudError, ErrorCode } from '../errors.ts';
import type { HttpBody, HttpRequest, HttpResponse } from '../types.ts';
import { requestError } from '../util/request-error.ts';
import { collect } from '../util/streams.ts';
import { parseRetryAfter } from './retry-after.ts';

const maxBytes = 0x10000;

/** A body that is in memory already. */
export function memoryBody(bytes: Uint8Array): HttpBody {
  let left: Uint8Array | undefined = bytes;
  const take = (): Uint8Array | undefined => {
    const it = left;
    left = undefined;
    return it;
  };
  return {
    read: async () => (left?.length ? take() : undefined),
    bytes: async () => take() ?? new Uint8Array(),
    cancel: async () => void take(),
  };
}

/**
 * The first 64 KiB of a body; the rest is given up. What breaks off is taken as far as it came: the status says enough.
 */
export async function readRefused(body: HttpBody): Promise<Uint8Array> {
  let size = 0;
  const bytes = await collect(async () => {
    const chunk = size < maxBytes ? await body.read().catch(() => undefined) : undefined;
    size += chunk?.length ?? 0;
    return chunk;
  });
  await body.cancel();
  return bytes.subarray(0, maxBytes);
}

const codes: Record<number, ErrorCode> = {
  304: 'NotModified',
  400: 'InvalidArgument',
  401: 'Unauthenticated',
  403: 'PermissionDenied',
  404: 'NotFound',
  405: 'NotSupported',
  408: 'Timeout',
  409: 'AlreadyExists',
  410: 'NotFound',
  412: 'PreconditionFailed',
  416: 'RangeNotSatisfiable',
  429: 'Throttled',
  503: 'Throttled',
  507: 'QuotaExceeded',
};

/**
 * The error that a status alone stands for: what a plain web server means by it. 408, 429 and 5xx (but 501, 505, 507) may be tried again.
 */
export function statusError(request: HttpRequest, response: HttpResponse, now: number = Date.now()): CloudError {
  const { status, headers } = response;
  const code = codes[status] ?? (status >= 500 ? 'ServerError' : status >= 300 && status < 400 ? 'Redirected' : 'InvalidResponse');
  const retryable = status === 408 || status === 429 || (status >= 500 && ![501, 505, 507].includes(status));
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now);
  return requestError(request, `was answered by ${status}`, { code, retryable, status, retryAfterMs });
}
