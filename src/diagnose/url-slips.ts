/**
 * Slips of the hand in URLs: what somebody probably meant.
 *
 * @module
 */
import { redactUrl } from '../errors.ts';
import type { Location } from '../types.ts';

const OTHER_NAMES: Readonly<Record<string, string>> = { s3a: 's3', s3n: 's3', gcs: 'gs', 'google-storage': 'gs', gcsfuse: 'gs' };

// Hosts of Amazon and Google that hold a bucket, in front of the service's name or behind it. Source: "Virtual hosting of buckets" in
// Amazon's guide, "Request endpoints" in Google's.
const AMAZON_VIRTUAL =
  /^(?<bucket>[a-z\d][a-z\d.-]+?)\.s3(?:[.-](?:dualstack\.)?(?<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$/i;
const AMAZON_PATH = /^s3(?:[.-](?:dualstack\.)?(?<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$/i;
const GOOGLE_VIRTUAL = /^(?<bucket>[a-z\d][\w.-]+?)\.storage\.googleapis\.com$/i;
const GOOGLE_PATH = /^storage\.(?:googleapis|cloud\.google)\.com$/i;

/** What may have been meant. */
export interface Slip {
  what: string;
  fix: string;
}

interface Known {
  protocol: 's3' | 'gs';
  bucket: string;
  key: string;
  region?: string | undefined;
}

/** The bucket and key that a host of Amazon or Google and a path stand for. */
function known(host: string, path: string): Known | undefined {
  for (const [protocol, pattern, inPath] of [
    ['s3', AMAZON_PATH, true],
    ['gs', GOOGLE_PATH, true],
    ['s3', AMAZON_VIRTUAL, false],
    ['gs', GOOGLE_VIRTUAL, false],
  ] as const) {
    const groups = pattern.exec(host)?.groups;
    if (!pattern.test(host)) continue;
    const rest = path.replace(/^\/+/, '');
    const bucket = inPath ? (rest.split('/')[0] ?? '') : (groups?.['bucket'] ?? '');
    const key = inPath ? rest.slice(bucket.length + 1) : rest;
    return { protocol, bucket, key, region: groups?.['region'] };
  }
  return undefined;
}

const asUrl = ({ protocol, bucket, key, region }: Known): string =>
  `${protocol}://${bucket || 'BUCKET'}/${key}${region ? `, in the region ${region}` : ''}`;

/** What a text that is no URL of anyfile's may have meant. @param url without what may be secret in it */
export function slipOfText(given: string): Slip {
  const url = redactUrl(given.trim());
  const [, name = '', rest = ''] = /^([a-z][\w+.-]*):\/*(.*)$/is.exec(url) ?? [];
  const lower = name.toLowerCase();
  const right = OTHER_NAMES[lower] ?? (lower !== name && /^(s3|gs|https?|file|mem|opfs)$/.test(lower) ? lower : undefined);
  if (right !== undefined) return { what: `${name}:// is not a protocol that anyfile knows`, fix: `Write ${right}://${rest}` };
  if (/^(s3|gs|mem)$/.test(name)) {
    if (!rest || rest.startsWith('/')) return { what: `${name}:// names no bucket`, fix: `Write ${name}://BUCKET/KEY` };
    if (!url.startsWith(`${name}://`)) return { what: `the slashes behind ${name}: are missing`, fix: `Write ${name}://${rest}` };
    if (/^[^/]*[\s\\]/.test(rest))
      return { what: 'the bucket has a blank or a backslash in its name', fix: 'Take it out: no bucket is called so.' };
    return { what: 'the bucket cannot be called so, or the key holds a second address', fix: `Write ${name}://BUCKET/KEY` };
  }
  if (/^https?$/.test(name))
    return { what: 'the web address is malformed', fix: 'Write https://HOST/PATH, without user or password in it.' };
  const fix =
    'Write s3://BUCKET/KEY, gs://BUCKET/KEY, https://HOST/PATH or a path; an alias is added by: anyfile alias add NAME s3://https://HOST/';
  return { what: name ? `${name}:// is neither a protocol nor an alias that is known` : 'this is no URL', fix };
}

/** What a URL that can be read may have meant instead; undefined where nothing is odd. */
export function slipOfLocation({ protocol, bucket, host, path }: Location): Slip | undefined {
  if (protocol === 's3' || protocol === 'gs') {
    const found = host === null && bucket !== null ? known(bucket, path) : undefined;
    if (found) return { what: `${bucket} is a host, not a bucket`, fix: `Write ${asUrl(found)}` };
    if (host !== null) {
      const own = known(new URL(host).hostname, '');
      if (own?.bucket) return { what: 'the host is that of one bucket already', fix: `Write ${asUrl({ ...own, key: path })}` };
    }
    if (bucket !== null && /[A-Z_]/.test(bucket) && protocol === 's3' && host === null)
      return {
        what: `${bucket} has capitals or underscores, which no bucket of S3's has today`,
        fix: 'Compare the name with that in the console.',
      };
    if (path.startsWith('/'))
      return { what: 'the key begins with a slash', fix: `Unless it really does, write ${protocol}://${bucket}${path}` };
    if (path !== path.trim() || /[\r\n\t]/.test(path))
      return { what: 'the key has blanks or line ends at its ends', fix: 'Take them out, unless the object is called so.' };
  }
  return undefined;
}

/** The bucket that a web address is of; undefined where it is a server like any other. */
export function bucketOfWebAddress({ protocol, host, path }: Location): string | undefined {
  if ((protocol !== 'https' && protocol !== 'http') || host === null) return undefined;
  const found = known(new URL(host).hostname, path.replace(/[?#].*$/s, ''));
  return found?.bucket ? asUrl(found) : undefined;
}
