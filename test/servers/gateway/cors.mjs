/**
 * CORS: what a page in another origin may send and read.
 *
 * @module
 */
import { S3Error } from './errors.mjs';
import { readXml } from './objects.mjs';
import { childrenOf, element, optional, xmlReply } from './xml.mjs';

/**
 * @typedef {{ origins: string[], methods: string[], headers: string[], expose: string[] | '*', maxAge?: string | undefined }} CorsRule
 *   `expose: '*'`: every header that the answer has
 */

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH'];

/** Everything for everybody. @type {CorsRule} */
export const PERMISSIVE = { origins: ['*'], methods: METHODS, headers: ['*'], expose: '*' };
const ALWAYS_EXPOSED = [
  'etag',
  'content-range',
  'content-length',
  'content-encoding',
  'accept-ranges',
  'date',
  'age',
  'location',
  'range',
  'retry-after',
  'x-amz-request-id',
];

const wild = (pattern, text) => {
  const [before, after] = pattern.toLowerCase().split('*', 2);
  const lower = text.toLowerCase();
  return after === undefined
    ? lower === before
    : lower.length >= before.length + after.length && lower.startsWith(before) && lower.endsWith(after);
};
const some = (patterns, text) => patterns.some((pattern) => wild(pattern, text));

/** The answer to OPTIONS. */
export function preflight(request, rules) {
  const { origin, 'access-control-request-method': method, 'access-control-request-headers': list } = request.headers;
  if (origin === undefined || method === undefined)
    throw new S3Error(400, 'BadRequest', 'Insufficient information. Origin request header needed.');
  const names = (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const rule = rules.find(
    (one) => some(one.origins, origin) && one.methods.includes(method) && names.every((name) => some(one.headers, name)),
  );
  if (!rule) {
    const message =
      rules.length > 0 ? 'CORSResponse: This CORS request is not allowed.' : 'CORSResponse: CORS is not enabled for this bucket.';
    throw new S3Error(403, 'AccessForbidden', message, { extra: { Method: method, ResourceType: 'OBJECT' } });
  }
  const headers = {
    ...originHeaders(rule, origin),
    'access-control-allow-methods': rule.methods.join(', '),
    ...(names.length > 0 && { 'access-control-allow-headers': names.join(', ') }),
    ...(rule.maxAge !== undefined && { 'access-control-max-age': rule.maxAge }),
    ...(request.headers['access-control-request-private-network'] && { 'access-control-allow-private-network': 'true' }),
  };
  return { status: 200, headers, body: null };
}

function originHeaders(rule, origin) {
  const any = rule.origins.includes('*');
  return {
    'access-control-allow-origin': any ? '*' : origin,
    ...(!any && { 'access-control-allow-credentials': 'true' }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

/** The headers that an answer to a page's request gets: none where no rule fits. */
export function corsHeaders(request, replyHeaders, rules) {
  const { origin } = request.headers;
  if (origin === undefined || request.method === 'OPTIONS') return {};
  const rule = rules.find((one) => some(one.origins, origin) && one.methods.includes(request.method));
  if (!rule) return {};
  const expose = rule.expose === '*' ? [...new Set([...ALWAYS_EXPOSED, ...Object.keys(replyHeaders)])] : rule.expose;
  return { ...originHeaders(rule, origin), ...(expose.length > 0 && { 'access-control-expose-headers': expose.join(', ') }) };
}

/** PUT ?cors */
export function putBucketCors({ bucket, data }) {
  const texts = (rule, name) => childrenOf(rule, name).map((child) => child.text.trim());
  const rules = childrenOf(readXml(data, 'CORSConfiguration'), 'CORSRule').map((rule) => ({
    origins: texts(rule, 'AllowedOrigin'),
    methods: texts(rule, 'AllowedMethod'),
    headers: texts(rule, 'AllowedHeader'),
    expose: texts(rule, 'ExposeHeader'),
    maxAge: texts(rule, 'MaxAgeSeconds')[0],
  }));
  if (rules.length === 0 || rules.some(({ origins, methods }) => origins.length === 0 || methods.length === 0)) {
    throw new S3Error(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
  }
  const unknown = rules.flatMap(({ methods }) => methods).find((method) => !METHODS.slice(0, 5).includes(method));
  if (unknown !== undefined)
    throw new S3Error(400, 'InvalidRequest', `Found unsupported HTTP method in CORS config. Unsupported method is ${unknown}`);
  bucket.cors = rules;
  return { status: 200, headers: {}, body: null };
}

/** GET ?cors */
export function getBucketCors({ bucket }) {
  if (!bucket.cors)
    throw new S3Error(404, 'NoSuchCORSConfiguration', 'The CORS configuration does not exist', { extra: { BucketName: bucket.name } });
  const list = (name, values) => values.map((value) => element(name, value)).join('');
  const rules = bucket.cors.map(
    (rule) =>
      `<CORSRule>${list('AllowedOrigin', rule.origins)}${list('AllowedMethod', rule.methods)}${list('AllowedHeader', rule.headers)}` +
      `${list('ExposeHeader', rule.expose)}${optional('MaxAgeSeconds', rule.maxAge)}</CORSRule>`,
  );
  return xmlReply('CORSConfiguration', rules.join(''));
}

/** DELETE ?cors */
export function deleteBucketCors({ bucket }) {
  bucket.cors = undefined;
  return { status: 204, headers: {}, body: null };
}
