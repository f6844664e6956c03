/**
 * Responses that a page gets: made here and never the server's own, whose address holds the signature. Whatever is served lies within the
 * app's own origin, so each is sandboxed, should somebody open it as a document.
 *
 * @module
 */
import { CloudError, type ErrorCode } from '../errors.ts';

const guards = { 'content-security-policy': "sandbox; default-src 'none'", 'x-content-type-options': 'nosniff' };

/** Headers of an answer that are passed on. Not Content-Encoding and Content-Length: fetch has decoded the body already. */
const passed = ['cache-control', 'content-disposition', 'content-language', 'content-type', 'etag', 'expires', 'last-modified'];

/** A response with what a server said of an object, and `more` headers. */
export function respond(body: BodyInit | null, from: Response, status: number, more: Record<string, string> = {}): Response {
  const headers: Record<string, string> = { 'content-type': 'application/octet-stream' };
  for (const name of passed) {
    const value = from.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  return new Response(body, { status, headers: { ...headers, ...more, ...guards } });
}

/** A response that says why there is no object: `{ code, message }` as JSON. What the server wrote is not repeated, for it may show how it was asked. */
export function refuse(error: unknown, isHead: boolean, more: Record<string, string> = {}): Response {
  const { status, code, message } =
    error instanceof CloudError ? error : { status: 502, code: 'Network', message: 'the object could not be read' };
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', ...more, ...guards };
  return new Response(isHead ? null : JSON.stringify({ code, message }), { status: status ?? 502, headers });
}

const codes: Record<number, ErrorCode> = {
  401: 'Unauthenticated',
  403: 'PermissionDenied',
  404: 'NotFound',
  416: 'RangeNotSatisfiable',
  429: 'Throttled',
  503: 'Throttled',
};

/** The error that a status stands for. */
export const statusError = (status: number): CloudError =>
  new CloudError(`the server answers ${status}`, {
    code: codes[status] ?? (status >= 500 ? 'ServerError' : 'InvalidResponse'),
    status: status < 400 ? 502 : status,
  });
