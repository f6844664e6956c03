/**
 * S3's errors → CloudError. Codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 *
 * @module
 */
import { CloudError, type ErrorCode } from '../../errors.ts';
import { statusError } from '../../transport/refused.ts';
import type { HttpRequest, HttpResponse } from '../../types.ts';
import { xmlField } from '../xml-api/xml.ts';

const codes: Record<string, ErrorCode> = {
  RequestTimeTooSkewed: 'ClockSkew',
  SignatureDoesNotMatch: 'SignatureMismatch',
  InvalidAccessKeyId: 'Unauthenticated',
  ExpiredToken: 'Unauthenticated',
  TokenRefreshRequired: 'Unauthenticated',
  InvalidToken: 'Unauthenticated',
  SlowDown: 'Throttled',
  RequestLimitExceeded: 'Throttled',
  OperationAborted: 'Throttled',
  RequestTimeout: 'Timeout',
  InternalError: 'ServerError',
  BadDigest: 'IntegrityError',
  InvalidDigest: 'IntegrityError',
  XAmzContentSHA256Mismatch: 'IntegrityError',
  XAmzContentChecksumMismatch: 'IntegrityError',
  BucketAlreadyOwnedByYou: 'AlreadyExists',
  BucketAlreadyExists: 'AlreadyExists',
  ConditionalRequestConflict: 'PreconditionFailed',
  PermanentRedirect: 'Redirected',
  TemporaryRedirect: 'Redirected',
  EntityTooLarge: 'QuotaExceeded',
  QuotaExceeded: 'QuotaExceeded',
  XMinioStorageFull: 'QuotaExceeded',
  NotImplemented: 'NotSupported',
};

/** A refused response, or a 200 that holds an `<Error>`, as an error. `onRegion` hears of the bucket's real region. */
export function s3Error(request: HttpRequest, response: HttpResponse, text: string, onRegion: (region: string) => void): CloudError {
  const { status, url, retryable, retryAfterMs, code: byStatus } = statusError(request, response);
  const found = xmlField(text, 'Code') ?? '';
  const providerCode = /^\w{1,64}$/.test(found) ? found : undefined;
  const region = response.headers.get('x-amz-bucket-region') ?? xmlField(text, 'Region');
  let code = codes[found] ?? (status! < 300 ? 'ServerError' : byStatus);
  // signed in the query, a wrong clock reads like this
  if (found === 'AccessDenied' && /<ServerTime>|request (has expired|is not (yet )?valid)|not valid yet/i.test(text)) code = 'ClockSkew';
  if (found === 'AuthorizationHeaderMalformed' || (found === 'AuthorizationQueryParametersError' && region))
    code = region ? 'Redirected' : 'SignatureMismatch';
  if (status! >= 300 && status! < 400 && status !== 304) code = 'Redirected';
  // the answer to a HEAD has no body that could say more
  if (region && (code === 'Redirected' || (status === 400 && request.method === 'HEAD'))) onRegion(region);
  // AWS's words for the source of a copy that is above 5 GiB
  const tooLarge = status === 400 && found === 'InvalidRequest' && /copy source is larger than/i.test(text);
  if (tooLarge) code = 'NotSupported';
  return new CloudError(tooLarge ? 'S3 copies at most 5 GiB at once' : `S3 answered ${status}${providerCode ? ` ${providerCode}` : ''}`, {
    code,
    retryable: code === 'Throttled' || code === 'Timeout' || code === 'ServerError' || (retryable && code === byStatus),
    status,
    url,
    retryAfterMs,
    providerCode,
    requestId: response.headers.get('x-amz-request-id') ?? undefined,
  });
}
