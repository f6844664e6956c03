/**
 * Errors about a request.
 *
 * @module
 */
import { CloudError, redactUrl, type CloudErrorInit } from '../errors.ts';

/** Makes an error that says which request it is about, and shows nothing secret of it. */
export function requestError(request: { method: string; url: string }, what: string, init: CloudErrorInit): CloudError {
  return new CloudError(`${request.method} ${redactUrl(request.url)} ${what}`, { url: request.url, ...init });
}
