/**
 * Conditions and ranges of HTTP, as S3 reads them.
 *
 * @module
 */
import { S3Error, preconditionFailed } from './errors.mjs';

/** Whether a list of ETags holds this one. Weak and strong are the same here, quotes may be missing. */
export function matchesEtag(list, etag) {
  return list.split(',').some((item) => {
    const text = item.trim();
    return text === '*' || text.replace(/^W\//, '').replace(/^"|"$/g, '') === etag;
  });
}

const seconds = (date) => Math.floor(Number(date) / 1000);

/**
 * For GET and HEAD: 412 by If-Match and If-Unmodified-Since, 304 by If-None-Match and If-Modified-Since.
 *
 * @param {(name: string) => string | undefined} get the condition's value, e.g. of `if-match`
 * @throws {S3Error}
 */
export function checkRead(get, { etag, lastModified }, headers = {}) {
  const [match, none, since, unmodified] = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'].map(get);
  if (match !== undefined) {
    if (!matchesEtag(match, etag)) throw preconditionFailed('If-Match');
  } else if (unmodified !== undefined && seconds(lastModified) > seconds(Date.parse(unmodified)))
    throw preconditionFailed('If-Unmodified-Since');
  const unchanged = new S3Error(304, 'NotModified', 'Not Modified', { headers });
  if (none !== undefined) {
    if (matchesEtag(none, etag)) throw unchanged;
  } else if (since !== undefined && seconds(lastModified) <= seconds(Date.parse(since))) throw unchanged;
}

/**
 * For PUT, copy, complete and DELETE: If-Match and If-None-Match against what is there.
 *
 * @param object what is there now, or undefined
 */
export function checkWrite(get, object) {
  const [match, none] = ['if-match', 'if-none-match'].map(get);
  if (match !== undefined) {
    if (!object) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
    if (!matchesEtag(match, object.etag)) throw preconditionFailed('If-Match');
  }
  if (none !== undefined) {
    if (none.trim() !== '*')
      throw new S3Error(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented');
    if (object) throw preconditionFailed('If-None-Match');
  }
}

/**
 * `[start, end)` of a Range header; undefined where the header is absent, of another unit, malformed or of several ranges:
 * then the whole object is sent.
 *
 * @throws {S3Error} 416 where the range begins behind the end
 */
export function parseRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec((header ?? '').replace(/\s/g, ''));
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [first, last] = [match[1] === '' ? undefined : Number(match[1]), match[2] === '' ? undefined : Number(match[2])];
  if (first !== undefined && last !== undefined && last < first) return undefined;
  const start = first ?? Math.max(0, size - last);
  const end = first === undefined ? size : Math.min(size, (last ?? size - 1) + 1);
  if (start >= size) {
    throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable', {
      extra: { RangeRequested: header, ActualObjectSize: size },
      headers: { 'content-range': `bytes */${size}` },
    });
  }
  return { start, end };
}
