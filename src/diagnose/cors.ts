/**
 * What a page of one origin may do with a store, seen from outside of pages: by the answers to a preflight and to a read that say so.
 *
 * Source: the Fetch standard, "CORS protocol".
 *
 * @module
 */
import { isCloudError } from '../errors.ts';
import type { Wire } from '../store/wire.ts';
import type { AbortOptions, HttpHeaders } from '../types.ts';
import { throwIfAborted } from '../util/abort.ts';
import { ask, type Answer } from './connection.ts';
import { corsRules, type CorsService } from './cors-rules.ts';
import type { DiagnosisCheck, Snippet } from './types.ts';

/** What {@link checkCors} is told. */
export interface CorsInit extends AbortOptions {
  origin: string;
  /** Whose rules are to be pasted; undefined for a plain web server. */
  service: CorsService | undefined;
  bucket: string | undefined;
  /** A signed address of an object, or of the listing; the object's own where nobody signs. */
  readUrl: string;
  /** Address that a page would write to, without a query; undefined when writing is not asked about. */
  writeUrl: string | undefined;
}

/** Headers that every page is shown. Source: the Fetch standard, "CORS-safelisted response-header name". */
const SHOWN = /^(cache-control|content-language|content-length|content-type|expires|last-modified|pragma)$/;
/** Those that anyfile reads, where they are sent. */
const NEEDED =
  /^(etag|content-range|content-encoding|x-amz-checksum-|x-amz-meta-|x-amz-version-id|x-goog-(hash|generation|metageneration|stored-|meta-))/;

/** Whether an answer may be read by a page. */
const allows = (headers: HttpHeaders, origin: string): boolean => {
  const allowed = headers.get('access-control-allow-origin')?.trim();
  return allowed === '*' || allowed === origin;
};

const listOf = (headers: HttpHeaders, name: string): string[] =>
  (headers.get(name) ?? '')
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter(Boolean);

/** Names of headers that an answer has, anyfile reads, and a page is not shown. */
export function hiddenHeaders(headers: HttpHeaders): string[] {
  const shown = listOf(headers, 'access-control-expose-headers');
  const hidden: string[] = [];
  headers.forEach((_, name) => {
    const lower = name.toLowerCase();
    if (NEEDED.test(lower) && !SHOWN.test(lower) && !shown.includes(lower) && !shown.includes('*')) hidden.push(lower);
  });
  return hidden.sort();
}

/** Where rules go, in words; a web server of one's own has no rules to paste. */
export function corsFix(init: Pick<CorsInit, 'service' | 'bucket' | 'origin'>, write: boolean): { fix: string; snippet?: Snippet } {
  const { service, bucket, origin } = init;
  if (!service) return { fix: `The server must send Access-Control-Allow-Origin: ${origin} (or *) with the file.` };
  return { fix: `Allow ${origin} in the CORS rules of the bucket:`, snippet: corsRules(service, origin, { write, bucket }) };
}

/** Why a page may not read an answer. */
function refusal(headers: HttpHeaders): string {
  const allowed = headers.get('access-control-allow-origin')?.slice(0, 100);
  return allowed ? `the answer is for ${allowed.replace(/[^ -~]/g, '')} alone` : 'the answer has no Access-Control-Allow-Origin';
}

/** Look at what a page of this origin may do. */
export async function checkCors(wire: Wire, init: CorsInit): Promise<DiagnosisCheck[]> {
  const { origin, readUrl, writeUrl, signal } = init;
  const checks: DiagnosisCheck[] = [];
  const write = writeUrl !== undefined;
  const tryIt = async (request: Parameters<typeof ask>[1]): Promise<Answer | undefined> => {
    try {
      return await ask(wire, request, { signal });
    } catch (error) {
      throwIfAborted(signal);
      if (!isCloudError(error)) throw error;
      return undefined;
    }
  };

  // a read that a page makes is simple: one range, signed in its query, and so without a preflight
  const read = await tryIt({ method: 'GET', url: readUrl, headers: { origin, range: 'bytes=0-0' } });
  if (!read) checks.push({ name: 'cors', ok: null, what: 'the server did not answer' });
  else if (!allows(read.headers, origin)) {
    const what = `a page of ${origin} may not read this: ${refusal(read.headers)}`;
    checks.push({ name: 'cors', ok: false, what, ...corsFix(init, write) });
  } else {
    checks.push({ name: 'cors', ok: true, what: `a page of ${origin} may read` });
    const hidden = read.status < 300 ? hiddenHeaders(read.headers) : [];
    if (read.status >= 300)
      checks.push({ name: 'cors.expose', ok: null, what: `the answer was ${read.status}, so its headers say nothing` });
    else if (hidden.length > 0) {
      const what = `a page is not shown ${hidden.join(', ')}`;
      checks.push({ name: 'cors.expose', ok: false, what, ...corsFix(init, write), fix: 'Expose them in the CORS rules of the bucket:' });
    } else checks.push({ name: 'cors.expose', ok: true, what: 'a page is shown all headers that are needed' });
  }
  if (writeUrl === undefined) return checks;

  const wanted = ['authorization', 'content-type', 'x-amz-content-sha256', 'x-amz-date'];
  const headers = init.service === 'gcs' ? wanted.slice(0, 2) : wanted;
  const preflight = await tryIt({
    method: 'OPTIONS',
    url: writeUrl,
    headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': headers.join(',') },
  });
  if (!preflight) checks.push({ name: 'cors.write', ok: null, what: 'the server did not answer' });
  else {
    const methods = listOf(preflight.headers, 'access-control-allow-methods');
    const names = listOf(preflight.headers, 'access-control-allow-headers');
    // a wildcard does not stand for Authorization
    const missing = headers.filter((name) => !names.includes(name) && (name === 'authorization' || !names.includes('*')));
    const why =
      preflight.status >= 300
        ? `the preflight was answered by ${preflight.status}`
        : !allows(preflight.headers, origin)
          ? refusal(preflight.headers)
          : !methods.includes('put') && !methods.includes('*')
            ? 'PUT is not among the methods'
            : missing.length > 0
              ? `these headers may not be sent: ${missing.join(', ')}`
              : undefined;
    if (why === undefined) checks.push({ name: 'cors.write', ok: true, what: `a page of ${origin} may write` });
    else checks.push({ name: 'cors.write', ok: false, what: `a page of ${origin} may not write: ${why}`, ...corsFix(init, true) });
  }
  return checks;
}
