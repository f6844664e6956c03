/** What `anyfile serve` takes for signed: everything that another client signs, and nothing that was changed afterwards. */
import { readFileSync } from 'node:fs';
import { request, type OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import fc from 'fast-check';
import { S3Error } from '../../src/cli/serve/errors.ts';
import type { S3Request } from '../../src/cli/serve/request.ts';
import { createVerify } from '../../src/cli/serve/verify.ts';
import { createAwsSigner } from '../../src/sign.ts';
import { env } from '../env.ts';
import { equal, ok, test } from '../harness.ts';
import { plant, tree } from './cli/run-cli.ts';
import { account as keys, fieldOf, served } from './cli/served.ts';

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

test('serve: a Host is a host with an optional port, whatever was signed', async () => {
  for (const host of ['localhost', 'a_b.example:8080', '127.0.0.1:9000', '[::1]', '[::1]:9000']) {
    const { url } = await peer.sign(`http://${host}/data/a`, { aws: { signQuery: true } });
    equal(codeOf(received('GET', url.slice(`http://${host}`.length), { host })), 'taken', host);
  }
  const { url } = await peer.sign('http://localhost:9000/data/a', { aws: { signQuery: true } });
  const target = url.slice('http://localhost:9000'.length);
  const ends = ['/data/a#', '#', '?', '?x=', '/', '/data', '\\', ',localhost:9000', '\n', ':1', '0000'];
  for (const host of [...ends.map((end) => `localhost:9000${end}`), 'a@localhost:9000', 'localhost:x', 'localhost:65536', '[1]', ''])
    equal(codeOf(received('GET', target, { host })), 'InvalidRequest', JSON.stringify(host));
});

/** A request as it is given: `fetch` would set the Host and leave out a fragment. */
function ask(endpoint: string, method: string, path: string, headers: OutgoingHttpHeaders, body = ''): Promise<[number, string]> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const sending = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve([answer.statusCode!, Buffer.concat(parts).toString()]));
      answer.on('error', reject);
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

test('serve: what is signed for one key opens no other by a Host or a target that holds a #', async () => {
  await served(async ({ folder, endpoint }) => {
    plant(folder, { 'public.txt': 'public', 'secret.txt': 'secret' });
    const before = tree(folder);
    const { host } = new URL(endpoint);
    const signer = createAwsSigner(keys, { region: 'us-east-1' });
    const presigned = (method: 'GET' | 'PUT' | 'DELETE'): string =>
      signer.signQuery({ method, url: `${endpoint}/data/public.txt`, headers: {} }, new Date(), 60_000).url.slice(endpoint.length);
    const refused = async (sent: Promise<[number, string]>, code: string, what: string): Promise<void> => {
      const [status, text] = await sent;
      equal([status, fieldOf(text, 'Code')], [400, code], what);
      equal(tree(folder), before, what);
      equal(
        ['public.txt', 'secret.txt'].map((name) => readFileSync(join(folder, name), 'utf8')),
        ['public', 'secret'],
        what,
      );
    };

    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const [path, query] = presigned(method).split('?');
      const body = method === 'PUT' ? 'taken over' : '';
      for (const key of ['secret.txt', 'new.txt'])
        await refused(
          ask(endpoint, method, `/data/${key}?${query}`, { host: `${host}${path}#` }, body),
          'InvalidRequest',
          `${method} ${key}`,
        );
      for (const target of [`${path}#x?${query}`, `http://${host}${path}#?${query}`, `${path}?${query}#x`])
        await refused(ask(endpoint, method, target, { host }, body), 'InvalidURI', `${method} ${target}`);
    }
    const { headers } = signer.signHeaders({ method: 'GET', url: `${endpoint}/data/public.txt`, headers: {} }, new Date());
    const moved = { ...headers, host: `${host}/data/public.txt#` };
    await refused(ask(endpoint, 'GET', '/data/secret.txt', moved), 'InvalidRequest', 'signed by header');

    equal(await ask(endpoint, 'GET', presigned('GET'), { host }), [200, 'public']);
    equal(await ask(endpoint, 'GET', '/data/public.txt', { ...headers, host }), [200, 'public']);
    equal((await ask(endpoint, 'PUT', presigned('PUT'), { host }, 'changed'))[0], 200);
    equal(readFileSync(join(folder, 'public.txt'), 'utf8'), 'changed');
  });
});
