/**
 * S3's errors, as they go out.
 *
 * @module
 */
import { element, xmlDocument } from './xml.mjs';

/** Ends an operation with an answer of that status and code. */
export class S3Error extends Error {
  /**
   * @param {number} status
   * @param {string} code S3's own, e.g. `NoSuchKey`
   * @param {string} message
   * @param {{ extra?: Record<string, string | number>, headers?: Record<string, string> }} [more] `extra`: further elements of the body
   */
  constructor(status, code, message, { extra = {}, headers = {} } = {}) {
    super(message);
    Object.assign(this, { status, code, extra, headers });
  }
}

/** An `<Error>` as S3 writes it. */
function errorBody({ code, message, extra = {} }, requestId, resource) {
  const fields = {
    Code: code,
    Message: message,
    ...extra,
    ...(resource && { Resource: resource }),
    RequestId: requestId,
    HostId: 'anyfile-fixture',
  };
  const content = Object.entries(fields).map(([name, value]) => element(name, String(value)));
  return Buffer.from(xmlDocument(`<Error>${content.join('')}</Error>`));
}

/** The answer to a failed request. A 304 has no body; a HEAD's is left out when it is sent. */
export function errorReply(error, requestId, resource) {
  const bare = error.status === 304;
  const headers = { 'x-amz-request-id': requestId, ...(!bare && { 'content-type': 'application/xml' }), ...error.headers };
  return { status: error.status, headers, body: bare ? null : errorBody(error, requestId, resource) };
}

export const invalidArgument = (message, extra) => new S3Error(400, 'InvalidArgument', message, { extra });
export const invalidRequest = (message) => new S3Error(400, 'InvalidRequest', message);
export const preconditionFailed = (condition) =>
  new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    extra: { Condition: condition },
  });
