/** What `anyfile serve` takes for signed: everything that another client signs, and nothing that was changed afterwards. */
import { AwsClient } from 'aws4fetch';
import fc from 'fast-check';
import { S3Error } from '../../src/cli/serve/errors.ts';
import type { S3Request } from '../../src/cli/serve/request.ts';
import { createVerify } from '../../src/cli/serve/verify.ts';
import { env } from '../env.ts';
import { equal, ok, test } from '../harness.ts';

const account = { accessKeyId: 'VERIFY', secretAccessKey: 'a secret of the tests' };
const verify = createVerify(account, 'us-east-1', Date.now);
const peer = new AwsClient({ ...account, service: 's3', region: 'us-east-1', retries: 0 });

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !/[/\\]|^\.+$|\p{Surrogate}/u.test(text));
const query = fc
  .uniqueArray(fc.tuple(word, word), { maxLength: 3, selector: ([name]) => name })
  .filter((pairs) => pairs.every(([name]) => !/^x-amz/i.test(name)));
const asked = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'DELETE'),
  key: fc.array(word, { minLength: 1, maxLength: 3 }),
  query,
  meta: fc.stringMatching(/^[!-~]( ?[!-~]){0,10}$/),
  inQuery: fc.boolean(),
});

/** The request as the server would take it in. */
function received(method: string, target: string, headers: Record<string, string>): S3Request {
  const [path, rawQuery = ''] = [target.replace(/\?.*$/s, ''), /\?(.*)$/s.exec(target)?.[1]];
  return {
    method,
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers,
    bucket: 'data',
    key: 'x',
    body: new Blob([]).stream() as never,
  };
}

function codeOf(request: S3Request): string {
  try {
    verify(request);
    return 'taken';
  } catch (error) {
    ok(error instanceof S3Error, String(error));
    return error.code;
  }
}

test('serve: whatever another client signs is taken, and no longer once anything of it is changed', async () => {
  await fc.assert(
    fc.asyncProperty(asked, fc.nat(), async ({ method, key, query: pairs, meta, inQuery }, at) => {
      const search = pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
      const url = `http://127.0.0.1:9000/data/${key.map(encodeURIComponent).join('/')}${search && `?${search}`}`;
      // only what is named is signed in a query
      const signed = await peer.sign(url, { method, headers: inQuery ? {} : { 'x-amz-meta-a': meta }, aws: { signQuery: inQuery } });
      const headers: Record<string, string> = { host: '127.0.0.1:9000', ...Object.fromEntries(signed.headers) };
      const target = signed.url.replace('http://127.0.0.1:9000', '');
      equal(codeOf(received(method, target, headers)), 'taken', target);

      const other = received(method === 'GET' ? 'HEAD' : 'GET', target, headers);
      equal(codeOf(other), 'SignatureDoesNotMatch', 'another method');
      equal(codeOf(received(method, target.replace('/data/', '/data/x'), headers)), 'SignatureDoesNotMatch', 'another key');
      equal(
        codeOf(received(method, `${target}${target.includes('?') ? '&' : '?'}acl=1`, headers)),
        'SignatureDoesNotMatch',
        'another query',
      );
      equal(codeOf(received(method, target, { ...headers, host: 'other:9000' })), 'SignatureDoesNotMatch', 'another host');
      if (!inQuery) {
        equal(codeOf(received(method, target, { ...headers, 'x-amz-meta-a': `${meta}x` })), 'SignatureDoesNotMatch', 'another header');
        equal(codeOf(received(method, target, { ...headers, 'x-amz-meta-b': 'x' })), 'AccessDenied', 'a header that was not signed');
      }
      // any digit of the signature
      const flip = (text: string): string =>
        text.replace(/(Signature=)([\da-f]{64})/, (_, name: string, digits: string) => {
          const i = at % 64;
          return name + digits.slice(0, i) + (digits[i] === '0' ? '1' : '0') + digits.slice(i + 1);
        });
      const altered = inQuery
        ? received(method, flip(target), headers)
        : received(method, target, { ...headers, authorization: flip(headers['authorization']!) });
      equal(codeOf(altered), 'SignatureDoesNotMatch', 'another signature');
    }),
    { seed: env().seed, numRuns: 150 },
  );
});
