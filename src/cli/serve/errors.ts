/**
 * Errors as S3 says them. Source: Amazon S3 API reference, "Error responses".
 *
 * @module
 */
import { isCloudError, type ErrorCode } from '../../index.ts';
import { element, xmlDocument } from './xml.ts';

/** Ends a request with an answer of that status and code. */
export class S3Error extends Error {
  readonly status: number;
  /** S3's own, e.g. `NoSuchKey`. */
  readonly code: string;
  /** More elements of the answer. */
  readonly extra: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, extra: Record<string, string> = {}, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.extra = extra;
    this.headers = headers;
  }
}

/** For an object that is not there. */
export const noSuchKey = (key: string): S3Error => new S3Error(404, 'NoSuchKey', 'The object does not exist', { Key: key });
/** For a condition that does not hold. @param condition the header's name */
export const preconditionFailed = (condition: string): S3Error =>
  new S3Error(412, 'PreconditionFailed', 'A condition of the request does not hold', { Condition: condition });
/** For a request that can not be meant so. */
export const invalidArgument = (message: string): S3Error => new S3Error(400, 'InvalidArgument', message);
/** For a part of S3 that is left out here. @param what the subject of the sentence */
export const notImplemented = (what: string): S3Error => new S3Error(501, 'NotImplemented', `${what} is not part of this server`);
const changed = (): S3Error => new S3Error(409, 'ConditionalRequestConflict', 'The file changed meanwhile');
/** For a body that is other XML, or none. */
export const malformedXml = (): S3Error => new S3Error(400, 'MalformedXML', 'The body is not the XML that this request takes');

/** What the disk and the library say, in S3's words. */
const known: Partial<Record<ErrorCode, () => S3Error>> = {
  InvalidArgument: () => invalidArgument('No file can be called like this key: see the limits of anyfile serve'),
  AlreadyExists: () => new S3Error(409, 'ExistingObjectIsDirectory', 'A file cannot stand where a folder is, nor below another file'),
  PermissionDenied: () => new S3Error(403, 'AccessDenied', 'The disk does not allow this'),
  QuotaExceeded: () => new S3Error(507, 'InsufficientStorage', 'The disk is full'),
  NotFound: () => new S3Error(404, 'NoSuchKey', 'It is not there'),
  PreconditionFailed: changed,
  ObjectChanged: changed,
};

/** What a failure of the disk or the library is to a client; nothing of paths is told. */
export function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  return (isCloudError(error) ? known[error.code]?.() : undefined) ?? new S3Error(500, 'InternalError', 'The server failed');
}

/** The `<Error>` of an answer. */
export function errorBody({ code, message, extra }: S3Error, resource: string, requestId: string): string {
  const fields = { Code: code, Message: message, ...extra, Resource: resource, RequestId: requestId };
  return xmlDocument(
    `<Error>${Object.entries(fields)
      .map(([name, value]) => element(name, value))
      .join('')}</Error>`,
  );
}
