/**
 * From node:http to plain data and back. Targets are kept as sent: nothing is normalised.
 *
 * @module
 */
import { S3Error } from './errors.mjs';

/** Server options that let signed URLs be long and stalls last. */
export const SERVER_OPTIONS = { maxHeaderSize: 64 * 1024, requestTimeout: 0, keepAliveTimeout: 75_000, noDelay: true };

/**
 * The pairs of a query, decoded as servers do (`+` is a space).
 *
 * @param {string} raw without `?`
 * @returns {[string, string][]}
 */
export function parseQuery(raw) {
  if (raw === '') return [];
  return raw
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const at = pair.indexOf('=');
      return (at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]).map((part) => decodeText(part.replaceAll('+', ' ')));
    });
}

/** Percent-decoded UTF-8. */
export function decodeText(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}

/** All of a request, read to its end. */
export async function readRequest(incoming) {
  const target = incoming.url.replace(/^https?:\/\/[^/?]+/i, '');
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  const rawQuery = at < 0 ? '' : target.slice(at + 1);
  const headers = {};
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    const name = incoming.rawHeaders[i].toLowerCase();
    headers[name] = headers[name] === undefined ? incoming.rawHeaders[i + 1] : `${headers[name]},${incoming.rawHeaders[i + 1]}`;
  }
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  // Always a copy: a small body must not keep the socket's whole read buffer alive.
  const body = Buffer.concat(chunks);
  return plainRequest({ method: incoming.method, path, rawQuery, headers, body });
}

/** A request as the services take it; `query` is undefined where it cannot be decoded. */
export function plainRequest({ method, path, rawQuery, headers, body }) {
  let query;
  try {
    query = parseQuery(rawQuery);
  } catch {
    query = undefined;
  }
  return { method, path, rawQuery, query, headers, body };
}

/** The first value of a query parameter. */
export const queryValue = (request, name) => request.query?.find(([key]) => key === name)?.[1];

/** Sends an answer. Content-Length comes from the body unless the headers say otherwise. */
export function sendReply(outgoing, method, reply) {
  outgoing.sendDate = false;
  const { status } = reply;
  const empty = method === 'HEAD' || status === 304 || status === 204;
  const headers = { ...reply.headers };
  if (!empty) headers['content-length'] ??= reply.body?.length ?? 0;
  else if (method === 'HEAD' && status < 300) headers['content-length'] ??= reply.body?.length ?? 0;
  outgoing.writeHead(status, headers);
  outgoing.end(empty || !reply.body ? undefined : reply.body);
}
