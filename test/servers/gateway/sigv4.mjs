/**
 * Who sent this? AWS signature version 4, by header and by query, checked as S3 checks it.
 *
 * @module
 */
import { createHmac } from 'node:crypto';
import { S3Error } from './errors.mjs';
import { queryValue } from './http.mjs';
import {
  canonicalRequest,
  parseAuthorization,
  parseBasicDate,
  parseCredential,
  sameHex,
  sha256Hex,
  signingKey,
  stringToSign,
  unsignedHeaders,
} from './canonical.mjs';

const ALGORITHM = 'AWS4-HMAC-SHA256';
export const MAX_SKEW_MS = 900_000;
const MAX_EXPIRES_S = 604_800;
const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

const malformed = (message, more) =>
  new S3Error(400, 'AuthorizationHeaderMalformed', `The authorization header is malformed; ${message}`, more);
const badQuery = (message, more) => new S3Error(400, 'AuthorizationQueryParametersError', message, more);

/** How a request says who it is: `header`, `query` or `none`. */
function authKind(request) {
  if (request.headers.authorization !== undefined) return 'header';
  return queryValue(request, 'X-Amz-Algorithm') === undefined && queryValue(request, 'X-Amz-Signature') === undefined ? 'none' : 'query';
}

/**
 * Verifies the signature, date, scope and token of a request, not yet its body.
 *
 * @param {object} options `{ accounts, region, now, service = 's3', wrongRegion?(region): Error | undefined }`; `now` in ms; an account is
 *   `{ accessKeyId, secretAccessKey, sessionToken?, expiresAt? }`
 * @returns `{ kind, account?, payloadHash, seed? }`; `seed` is what chunk signatures go on from
 * @throws {S3Error}
 */
export function authenticate(request, { accounts, region, now, service = 's3', wrongRegion }) {
  const kind = authKind(request);
  if (kind === 'none') return { kind };
  if (kind === 'header' && queryValue(request, 'X-Amz-Signature') !== undefined) {
    throw new S3Error(400, 'InvalidArgument', 'Only one auth mechanism allowed: either the query or the Authorization header.');
  }
  const fail = kind === 'header' ? malformed : badQuery;
  const claim = kind === 'header' ? fromHeader(request) : fromQuery(request);
  const account = accounts.get(claim.credential.key);
  if (!account) throw invalidKey(claim.credential.key);
  checkToken(account, claim.token, now);
  const at = parseBasicDate(claim.date);
  checkScope(claim, { region, service, fail, wrongRegion });
  if (kind === 'query') checkLife(claim, at, now, fail);
  else if (!(Math.abs(now - at) <= MAX_SKEW_MS)) throw skewed(claim.date, now);
  checkHeaders(request, claim.signedHeaders);

  const payloadHash = request.headers['x-amz-content-sha256'] ?? (kind === 'query' && service === 's3' ? 'UNSIGNED-PAYLOAD' : undefined);
  if (payloadHash === undefined && service === 's3')
    throw new S3Error(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  const canonical = canonicalRequest(request, {
    signedHeaders: claim.signedHeaders,
    payloadHash: payloadHash ?? sha256Hex(request.body),
    without: kind === 'query' ? 'X-Amz-Signature' : undefined,
  });
  const scope = claim.credential.scope;
  const text = stringToSign(ALGORITHM, claim.date, scope.join('/'), canonical);
  const key = signingKey('AWS4', account.secretAccessKey, scope);
  if (!sameHex(hex(key, text), claim.signature)) throw mismatch(claim, text, canonical);
  return { kind, account, payloadHash, seed: { key, date: claim.date, scope: scope.join('/'), signature: claim.signature } };
}

const hex = (key, text) => createHmac('sha256', key).update(text).digest('hex');

function fromHeader(request) {
  const { scheme, fields } = parseAuthorization(request.headers.authorization);
  if (scheme !== ALGORITHM)
    throw new S3Error(400, 'InvalidArgument', 'Unsupported Authorization Type', { extra: { ArgumentName: 'Authorization' } });
  const credential = parseCredential(fields.Credential);
  if (!credential || !fields.SignedHeaders || !fields.Signature) throw malformed('it must hold Credential, SignedHeaders and Signature.');
  let date = request.headers['x-amz-date'];
  if (date === undefined && request.headers.date !== undefined) {
    const ms = Date.parse(request.headers.date);
    if (!Number.isNaN(ms)) date = iso(ms).replace(/[-:]/g, '');
  }
  if (Number.isNaN(parseBasicDate(date)))
    throw new S3Error(403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
  return {
    credential,
    date,
    signedHeaders: fields.SignedHeaders.split(';'),
    signature: fields.Signature,
    token: request.headers['x-amz-security-token'],
  };
}

function fromQuery(request) {
  const get = (name) => queryValue(request, `X-Amz-${name}`);
  for (const name of ['Algorithm', 'Credential', 'Signature', 'Date', 'SignedHeaders', 'Expires']) {
    if (!get(name)) {
      throw badQuery(`X-Amz-${name} is missing from the query.`);
    }
  }
  if (get('Algorithm') !== ALGORITHM) throw badQuery('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"');
  const credential = parseCredential(get('Credential'));
  if (!credential) throw badQuery('Error parsing the X-Amz-Credential parameter');
  if (Number.isNaN(parseBasicDate(get('Date')))) throw badQuery("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  return {
    credential,
    date: get('Date'),
    signedHeaders: get('SignedHeaders').split(';'),
    signature: get('Signature'),
    expires: get('Expires'),
    token: get('Security-Token') ?? request.headers['x-amz-security-token'],
  };
}

function checkScope({ credential, date }, { region, service, fail, wrongRegion }) {
  const [day, scopeRegion, scopeService, terminator] = credential.scope;
  if (day !== date.slice(0, 8))
    throw fail(`Invalid credential date "${day}". This date is not the same as X-Amz-Date: "${date.slice(0, 8)}".`);
  if (scopeService !== service) throw fail(`incorrect service "${scopeService}". This endpoint belongs to "${service}".`);
  if (terminator !== 'aws4_request') throw fail(`incorrect terminal "${terminator}". This endpoint uses "aws4_request".`);
  if (scopeRegion !== region) {
    const more = { extra: { Region: region }, headers: { 'x-amz-bucket-region': region } };
    throw wrongRegion?.(scopeRegion) ?? fail(`the region '${scopeRegion}' is wrong; expecting '${region}'`, more);
  }
}

function checkLife({ expires }, at, now, fail) {
  if (!/^\d+$/.test(expires) || Number(expires) < 1) throw fail('X-Amz-Expires should be a number');
  if (Number(expires) > MAX_EXPIRES_S)
    throw fail('X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds');
  if (at - now > MAX_SKEW_MS)
    throw new S3Error(403, 'AccessDenied', 'Request is not valid yet', { extra: { 'X-Amz-Date': iso(at), ServerTime: iso(now) } });
  const end = at + Number(expires) * 1000;
  if (now > end) {
    throw new S3Error(403, 'AccessDenied', 'Request has expired', {
      extra: { 'X-Amz-Expires': expires, Expires: iso(end), ServerTime: iso(now) },
    });
  }
}

function checkToken(account, token, now) {
  if (account.sessionToken === undefined) {
    if (token !== undefined) throw invalidToken();
    return;
  }
  if (token === undefined) throw invalidKey(account.accessKeyId);
  if (token !== account.sessionToken) throw invalidToken();
  if (account.expiresAt !== undefined && now >= account.expiresAt) throw expiredToken();
}

function checkHeaders(request, signed) {
  if (signed.join() !== [...new Set(signed)].sort().join() || signed.some((name) => name !== name.toLowerCase())) {
    throw malformed('SignedHeaders must be lower-case, sorted and without repetition.');
  }
  const missing = unsignedHeaders(request, 'x-amz-', signed);
  if (!signed.includes('host')) missing.push('host');
  if (missing.length > 0) {
    throw new S3Error(403, 'AccessDenied', 'There were headers present in the request which were not signed', {
      extra: { HeadersNotSigned: missing.join(', ') },
    });
  }
}

/** For the wrong or a missing token of an account with sessions. */
const invalidToken = () => new S3Error(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.');

/** For a session whose time is over. */
export const expiredToken = () => new S3Error(400, 'ExpiredToken', 'The provided token has expired.');

const invalidKey = (key) =>
  new S3Error(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', {
    extra: { AWSAccessKeyId: key },
  });

const skewed = (date, now) =>
  new S3Error(403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.', {
    extra: { RequestTime: date, ServerTime: iso(now), MaxAllowedSkewMilliseconds: MAX_SKEW_MS },
  });

const mismatch = ({ credential, signature }, text, canonical) =>
  new S3Error(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    { extra: { AWSAccessKeyId: credential.key, StringToSign: text, SignatureProvided: signature, CanonicalRequest: canonical } },
  );
