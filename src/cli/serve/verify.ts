/**
 * Who sent this? AWS signature version 4, by header and by query: the signature is computed anew by `anyfile/sign` over what was signed.
 *
 * Sources: "Authenticating Requests (AWS Signature Version 4)" and "Error responses" of the Amazon S3 API reference.
 *
 * @module
 */
import { timingSafeEqual } from 'node:crypto';
import { createAwsSigner, type AwsSigner } from '../../sign.ts';
import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';

/** Who may do everything. */
export interface Account {
  accessKeyId: string;
  secretAccessKey: string;
}

/** A request whose signature holds. */
export interface Verified {
  /** What the body was signed as: a hash, or a literal such as UNSIGNED-PAYLOAD. */
  payloadHash: string;
  /** What the signatures of chunks go on from. */
  signature: string;
  signer: AwsSigner;
  date: Date;
}

/** Checks a request. @throws S3Error as S3 does */
export type Verify = (request: S3Request) => Verified;

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** A host with an optional port. */
const HOST = /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i;
const maxSkewMs = 900_000;
const maxExpiresSeconds = 604_800;
const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

const malformed = (message: string, extra?: Record<string, string>): S3Error =>
  new S3Error(400, 'AuthorizationHeaderMalformed', `The authorization header is malformed: ${message}`, extra);
const badQuery = (message: string, extra?: Record<string, string>): S3Error =>
  new S3Error(400, 'AuthorizationQueryParametersError', message, extra);

/** Whether two signatures are the same, in a time that does not depend on where they differ. */
export function sameSignature(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** For a signature that is another one, of a request or of a chunk. */
export const signatureMismatch = (): S3Error =>
  new S3Error(403, 'SignatureDoesNotMatch', 'The signature is not the one that this request has with the secret of this access key');

/** `20150830T123600Z` → ms; NaN where it is none. */
function parseDate(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  return match ? Date.parse(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}Z`) : NaN;
}

interface Claim {
  credential: string;
  date: string;
  signedHeaders: string[];
  signature: string;
  fail: typeof malformed;
}

function fromHeader({ headers }: S3Request): Claim {
  const text = headers['authorization'] ?? '';
  if (!text.startsWith(`${ALGORITHM} `)) throw new S3Error(400, 'InvalidArgument', 'Only signatures of version 4 are known');
  const part = (name: string): string => new RegExp(`[ ,]${name}=([^, ]+)`).exec(text)?.[1] ?? '';
  const [credential, names, signature] = [part('Credential'), part('SignedHeaders'), part('Signature')];
  if (!credential || !names || !signature) throw malformed('it must hold Credential, SignedHeaders and Signature');
  return { credential, date: headers['x-amz-date'] ?? '', signedHeaders: names.split(';'), signature, fail: malformed };
}

function fromQuery({ query }: S3Request): Claim {
  const get = (name: string): string => query.get(`X-Amz-${name}`) ?? '';
  for (const name of ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature'])
    if (!get(name)) throw badQuery(`X-Amz-${name} is missing`);
  if (get('Algorithm') !== ALGORITHM) throw badQuery(`X-Amz-Algorithm must be ${ALGORITHM}`);
  if (get('Security-Token')) throw new S3Error(400, 'InvalidToken', 'This server has no session tokens');
  return {
    credential: get('Credential'),
    date: get('Date'),
    signedHeaders: get('SignedHeaders').split(';'),
    signature: get('Signature'),
    fail: badQuery,
  };
}

/** What a signer adds to a query, and so must not find in it. */
const ADDED = /^X-Amz-(?:Algorithm|Credential|Date|Expires|SignedHeaders|Signature)=/;

/**
 * Make the check of one account in one region.
 *
 * @param clock ms since the epoch
 */
export function createVerify(account: Account, region: string, clock: () => number): Verify {
  const signer = createAwsSigner(account, { region, signedHeaders: 'all' });

  function checkClaim(claim: Claim, request: S3Request, at: number): void {
    const { credential, date, signedHeaders, fail } = claim;
    const parts = credential.split('/');
    const [terminal, service, scopeRegion, day] = parts.reverse();
    const id = parts.slice(4).reverse().join('/');
    if (terminal !== 'aws4_request' || service !== 's3' || day !== date.slice(0, 8))
      throw fail('the credential must end in the day of the request, a region, s3 and aws4_request');
    if (id !== account.accessKeyId)
      throw new S3Error(403, 'InvalidAccessKeyId', 'This server does not know the access key', { AWSAccessKeyId: id });
    if (scopeRegion !== region) throw fail(`the region '${scopeRegion}' is wrong; expecting '${region}'`, { Region: region });
    if (Number.isNaN(at)) throw new S3Error(403, 'AccessDenied', 'A signature needs a date');
    const unsigned = Object.keys(request.headers).filter((name) => name.startsWith('x-amz-') && !signedHeaders.includes(name));
    if (unsigned.length > 0 || !signedHeaders.includes('host'))
      throw new S3Error(403, 'AccessDenied', 'Host and all x-amz- headers must be signed', { HeadersNotSigned: unsigned.join(', ') });
    if (request.headers['x-amz-security-token'] !== undefined) throw new S3Error(400, 'InvalidToken', 'This server has no session tokens');
  }

  return (request) => {
    const { method, headers, query, path } = request;
    const inQuery = query.has('X-Amz-Signature') || query.has('X-Amz-Algorithm');
    if (query.has('AWSAccessKeyId') && query.has('Signature'))
      throw new S3Error(400, 'InvalidRequest', 'This URL is signed in version 2; version 4 is known alone (boto3: signature_version s3v4)');
    if (headers['authorization'] === undefined && !inQuery)
      throw new S3Error(403, 'AccessDenied', 'Requests must be signed: this server knows one access key and no public objects');
    if (headers['authorization'] !== undefined && inQuery)
      throw new S3Error(400, 'InvalidArgument', 'Sign in the query or in the Authorization header, not in both');
    const claim = inQuery ? fromQuery(request) : fromHeader(request);
    const at = parseDate(claim.date);
    checkClaim(claim, request, at);

    const signed: Record<string, string> = {};
    for (const name of claim.signedHeaders) if (name !== 'host') signed[name] = headers[name] ?? '';
    const payloadHash = headers['x-amz-content-sha256'] ?? (inQuery ? 'UNSIGNED-PAYLOAD' : undefined);
    if (payloadHash === undefined) throw new S3Error(400, 'InvalidRequest', 'The header x-amz-content-sha256 is missing');
    const date = new Date(at);
    const now = clock();
    const origin = `http://${headers['host'] ?? ''}`;
    // Anything else would be taken for a path, a query or a fragment: then another target than the one that is served would be signed.
    if (!HOST.test(headers['host'] ?? '') || !URL.canParse(origin))
      throw new S3Error(400, 'InvalidRequest', 'The header Host must be a host with an optional port');
    let wanted: string | undefined;
    if (inQuery) {
      const seconds = Number(query.get('X-Amz-Expires'));
      if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > maxExpiresSeconds)
        throw badQuery('X-Amz-Expires must be a number of seconds from 1 to 604800');
      if (at - now > maxSkewMs) throw new S3Error(403, 'AccessDenied', 'Request is not valid yet', { ServerTime: iso(now) });
      if (now > at + seconds * 1000)
        throw new S3Error(403, 'AccessDenied', 'Request has expired', { Expires: iso(at + seconds * 1000), ServerTime: iso(now) });
      const rest = request.rawQuery.split('&').filter((pair) => !ADDED.test(pair));
      const url = `${origin}${path}${rest.length > 0 ? `?${rest.join('&')}` : ''}`;
      wanted = /&X-Amz-Signature=(\w+)$/.exec(
        signer.signQuery({ method: method as 'GET', url, headers: signed }, date, seconds * 1000).url,
      )?.[1];
    } else {
      if (!(Math.abs(now - at) <= maxSkewMs))
        throw new S3Error(403, 'RequestTimeTooSkewed', 'The time of the request is too far from that of this server', {
          RequestTime: claim.date,
          ServerTime: iso(now),
          MaxAllowedSkewMilliseconds: String(maxSkewMs),
        });
      const url = `${origin}${path}${request.rawQuery ? `?${request.rawQuery}` : ''}`;
      const made = signer.signHeaders({ method: method as 'GET', url, headers: signed, payloadHash }, date).headers['authorization'];
      wanted = /Signature=(\w+)$/.exec(made ?? '')?.[1];
    }
    if (wanted === undefined || !sameSignature(wanted, claim.signature)) throw signatureMismatch();
    return { payloadHash, signature: claim.signature, signer, date };
  };
}
