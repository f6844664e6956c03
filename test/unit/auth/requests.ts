/** Random requests, and what aws4fetch makes of them. */
import { AwsV4Signer } from 'aws4fetch';
import fc from 'fast-check';
import { createKernelCore } from '../../../src/auth/aws/kernel.ts';
import { awsSignerOn, createAwsSigner } from '../../../src/auth/aws/sigv4.ts';
import type { HttpMethod, HttpRequest } from '../../../src/types.ts';
import { equal } from '../../harness.ts';

/** Both ways to sign. */
export const signers: Record<string, typeof createAwsSigner> = {
  'in plain JavaScript': createAwsSigner,
  'by the kernel': (keys, options) => awsSignerOn(createKernelCore(keys, options)),
};

/** What {@link input} gives. */
export interface RandomRequest {
  host: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  date: Date;
  method: HttpMethod;
}

const date = fc.date({ min: new Date('2001-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
/** As in `x-amz-date`. */
export const stamp = (d: Date): string => d.toISOString().replace(/[:-]|\.\d{3}/g, '');

const odd = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: fc.constantFrom(...'!\'()*~-_.+%2F= &@:,;$|"<>[]{}^`éЖ語😀'), maxLength: 12 }),
);
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
// What a URL parser would make of `.` and `..` is not ours to compare.
const segment = odd.filter((text) => !/^(\.|%2e){0,2}$/i.test(text));
const encodedPath = fc.array(segment, { maxLength: 5 }).map((parts) => parts.map(encode).join('/'));
// As typed: no escapes, nothing that a URL parser drops or takes for an end.
const rawPath = fc.array(segment, { maxLength: 4 }).map((parts) => parts.join('/').replace(/[%\\?#\s^|"<>`{}[\]\p{C}]/gu, '_'));
const path = fc.oneof(encodedPath, rawPath).filter((text) => !text.split('/').some((part) => /^\.{1,2}$/.test(part)));
const query = fc
  .array(fc.tuple(odd, odd), { maxLength: 5 })
  .chain((pairs) =>
    fc.constantFrom(
      pairs.map((pair) => pair.map(encode).join('=')).join('&'),
      new URLSearchParams(pairs).toString(),
      pairs.map(([name]) => encode(name)).join('&'),
    ),
  );
const name = fc
  .constantFrom(
    'x-amz-meta-a x-amz-meta-b-c x-amz-acl x-amz-copy-source x-amz-checksum-mode if-match if-none-match content-type content-md5'.split(
      ' ',
    ),
    'cache-control content-encoding content-disposition range user-agent x-other'.split(' '),
  )
  .chain((names) => fc.constantFrom(...names));
const value = fc.string({ unit: fc.constantFrom(...'abc XYZ019  ,;=/"*'), maxLength: 20 });
const headers = fc.dictionary(name, value, { maxKeys: 6 });
const token = fc.string({ unit: fc.constantFrom(...'abcXYZ019+/='), minLength: 1, maxLength: 60 });
const credentials = fc.record(
  {
    accessKeyId: fc.string({ unit: fc.constantFrom(...'ABCDEF0123'), minLength: 4, maxLength: 20 }),
    secretAccessKey: fc.string({ minLength: 1, maxLength: 80 }),
    sessionToken: token,
  },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
);
const host = fc.constantFrom(
  'https://bucket.s3.eu-west-1.amazonaws.com',
  'http://127.0.0.1:9000',
  'https://S3.Example.org:443',
  'http://localhost:80',
  'https://[::1]:8443',
);
/** A request and what it is signed with. */
export const input: fc.Arbitrary<RandomRequest> = fc.record({
  host,
  path,
  query,
  headers,
  credentials,
  date,
  method: fc.constantFrom<HttpMethod>('GET', 'PUT', 'HEAD', 'POST', 'DELETE'),
});

/** Fails unless aws4fetch signs an S3 request with the same bytes as each of {@link signers}, in the query or in headers. */
export async function signsAlike(given: RandomRequest, inQuery: boolean, all: boolean): Promise<void> {
  const { method, headers, credentials, date: when } = given;
  const place = `${given.host}/${given.path}`;
  const query = given.query && `${given.query}&`;
  const theirs = await new AwsV4Signer({
    method,
    headers,
    ...credentials,
    region: 'eu-west-1',
    service: 's3',
    url: inQuery ? `${place}?${query}X-Amz-Expires=60` : `${place}?${given.query}`,
    datetime: stamp(when),
    signQuery: inQuery,
    allHeaders: all,
  }).sign();
  const request: HttpRequest = { method, url: `${place}?${given.query}`, headers };
  for (const [how, create] of Object.entries(signers)) {
    const signer = create(credentials, { region: 'eu-west-1', signedHeaders: all ? 'all' : 'usual' });
    if (inQuery) {
      const ours = signer.signQuery(request, when, 60_000);
      equal([...new URL(ours.url).searchParams], [...theirs.url.searchParams], how);
    } else {
      const ours = signer.signHeaders(request, when).headers;
      equal(Object.fromEntries(new Headers(ours)), Object.fromEntries(theirs.headers), how);
    }
  }
}
