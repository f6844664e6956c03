/**
 * GCS's errors, JSON and XML → CloudError. Codes: https://cloud.google.com/storage/docs/json_api/v1/status-codes
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { statusError } from '../../transport/refused.ts';
import type { HttpRequest, HttpResponse } from '../../types.ts';
import { xmlField } from '../xml-api/xml.ts';

/** The reason in an error's body, from either API. */
function reasonOf(text: string): string | undefined {
  const reason = text.startsWith('<') ? xmlField(text, 'Code') : /"reason":\s*"(\w{1,64})"/.exec(text)?.[1];
  return reason && /^\w{1,64}$/.test(reason) ? reason : undefined;
}

/** A refused response as an error. A missing bucket is told from a missing object by the body. */
export function gcsError(request: HttpRequest, response: HttpResponse, text: string): CloudError {
  const { status, url, retryable, retryAfterMs, code: byStatus } = statusError(request, response);
  const reason = reasonOf(text);
  const noBucket = status === 404 && (reason === 'NoSuchBucket' || /bucket does not exist|bucket not found/i.test(text));
  let code = byStatus;
  if (reason === 'SignatureDoesNotMatch') code = 'SignatureMismatch';
  if (reason === 'rateLimitExceeded' || reason === 'userRateLimitExceeded') code = 'Throttled';
  if (reason === 'RequestTimeTooSkewed') code = 'ClockSkew';
  // the JSON API has no word of its own for it
  if (reason === 'BadDigest' || (status === 400 && /(crc32c|md5|hash)\b.{0,99}\b(doesn't|does not|didn't|did not) match/i.test(text)))
    code = 'IntegrityError';
  return new CloudError(`GCS answered ${status}${reason ? ` ${reason}` : ''}`, {
    code,
    retryable: retryable || code === 'Throttled',
    status,
    url,
    retryAfterMs,
    providerCode: noBucket ? 'NoSuchBucket' : reason,
    requestId: response.headers.get('x-guploader-uploadid') ?? undefined,
  });
}
