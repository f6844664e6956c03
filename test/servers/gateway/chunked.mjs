/**
 * Bodies as they were sent: plain with a hash, or in signed chunks ("Signature Calculations: transferring payload in
 * multiple chunks", with and without trailers, in AWS's S3 reference).
 *
 * @module
 */
import { createHmac } from 'node:crypto';
import { S3Error } from './errors.mjs';
import { sameHex, sha256Hex } from './canonical.mjs';

const SIGNED = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
const SIGNED_TRAILER = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
const UNSIGNED_TRAILER = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
const MIN_CHUNK_BYTES = 8192;

const incomplete = () => new S3Error(400, 'IncompleteBody', 'The request body terminated unexpectedly');
const mismatch = () =>
  new S3Error(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  );

/**
 * The bytes that the sender meant, once hash, chunk signatures and trailer hold.
 *
 * @param auth what `authenticate` gave
 * @returns {{ data: Buffer, trailers: Record<string, string>, chunked: boolean }}
 * @throws {S3Error}
 */
export function openPayload(request, auth) {
  const hash = auth.payloadHash;
  if (hash === undefined || hash === 'UNSIGNED-PAYLOAD') return { data: request.body, trailers: {}, chunked: false };
  if (hash === SIGNED || hash === SIGNED_TRAILER || hash === UNSIGNED_TRAILER) return openChunks(request, auth, hash);
  if (!/^[\da-f]{64}$/.test(hash)) {
    throw new S3Error(
      400,
      'InvalidArgument',
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, or a valid sha256 value.',
    );
  }
  const real = sha256Hex(request.body);
  if (real !== hash) {
    throw new S3Error(400, 'XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.", {
      extra: { ClientComputedContentSHA256: hash, S3ComputedContentSHA256: real },
    });
  }
  return { data: request.body, trailers: {}, chunked: false };
}

function openChunks(request, { seed }, mode) {
  const declared = request.headers['x-amz-decoded-content-length'];
  if (declared === undefined || !/^\d+$/.test(declared))
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  const signed = mode !== UNSIGNED_TRAILER;
  const sign = signer(seed);
  const { body } = request;
  const parts = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    if (end < 0 || end - at > 200) throw incomplete();
    const match = /^([\da-f]{1,8})(?:;chunk-signature=([\da-f]{64}))?$/i.exec(body.toString('latin1', at, end));
    if (!match || (signed && !match[2])) throw incomplete();
    const size = parseInt(match[1], 16);
    at = end + 2;
    const data = body.subarray(at, at + size);
    if (data.length !== size) throw incomplete();
    if (signed) sign.check(`AWS4-HMAC-SHA256-PAYLOAD`, [sha256Hex(''), sha256Hex(data)], match[2]);
    at += size;
    if (size === 0) break;
    if (parts.length > 0 && parts.at(-1).length < MIN_CHUNK_BYTES) {
      throw new S3Error(403, 'InvalidChunkSizeError', 'Only the last chunk is allowed to have a size less than 8192 bytes');
    }
    if (body.toString('latin1', at, at + 2) !== '\r\n') throw incomplete();
    at += 2;
    parts.push(data);
  }
  const trailers = readTrailers(
    body.toString('latin1', at),
    mode === SIGNED ? undefined : (request.headers['x-amz-trailer'] ?? ''),
    sign,
    signed,
  );
  const data = Buffer.concat(parts);
  if (data.length !== Number(declared)) throw incomplete();
  return { data, trailers, chunked: true };
}

/** Each signature goes on from the one before. */
function signer({ key, date, scope, signature }) {
  let previous = signature;
  return {
    check(kind, hashes, given) {
      const text = [kind, date, scope, previous, ...hashes].join('\n');
      const wanted = createHmac('sha256', key).update(text).digest('hex');
      if (!sameHex(wanted, given)) throw mismatch();
      previous = wanted;
    },
  };
}

/** `expected` undefined: there may be none. */
function readTrailers(text, expected, sign, signed) {
  const malformed = () =>
    new S3Error(
      400,
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    );
  if (!text.endsWith('\r\n')) throw incomplete();
  if (expected === undefined) {
    if (text !== '\r\n') throw incomplete();
    return {};
  }
  const lines = text.split(/\r\n|\n/).filter(Boolean);
  const pairs = lines
    .map(
      (line) =>
        /^([^:\s]+):(.*)$/.exec(line) ??
        (() => {
          throw malformed();
        })(),
    )
    .map(([, name, value]) => [name.toLowerCase(), value.trim()]);
  const trailers = Object.fromEntries(pairs);
  const given = trailers['x-amz-trailer-signature'];
  delete trailers['x-amz-trailer-signature'];
  const names = expected
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean);
  if (names.sort().join() !== Object.keys(trailers).sort().join()) throw malformed();
  if (signed) {
    const canonical = pairs
      .filter(([name]) => name !== 'x-amz-trailer-signature')
      .map(([name, value]) => `${name}:${value}\n`)
      .join('');
    sign.check('AWS4-HMAC-SHA256-TRAILER', [sha256Hex(canonical)], given);
  }
  return trailers;
}
