/** The signer's kernel: the same bytes as aws4fetch and as plain JavaScript, whatever was signed before. */
import fc from 'fast-check';
import text from '../../../wasm/built/sha256.wasm';
import { createKernelCore } from '../../../src/auth/aws/kernel.ts';
import { signWithAws } from '../../../src/auth/aws/sign-with-aws.ts';
import { awsSignerOn, createAwsSigner } from '../../../src/auth/aws/sigv4.ts';
import type { HttpRequest } from '../../../src/types.ts';
import { hmacHex, hmacKey, sha256Hex } from '../../../src/util/sha256.ts';
import { sigv4Kernel } from '../../../src/wasm/sigv4.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, skip, test } from '../../harness.ts';
import { input, signsAlike } from './requests.ts';

const seed = (numRuns: number): { seed: number; numRuns: number } => ({ seed: env().seed, numRuns });
const keys = { accessKeyId: 'AKID', secretAccessKey: `secret-${Math.random()}` };
const options = { region: 'eu-west-1' };

test('the kernel signs random S3 requests as aws4fetch does', async () => {
  await fc.assert(fc.asyncProperty(input, fc.boolean(), fc.boolean(), signsAlike), seed(200));
});

test('one kernel signer after any requests signs like plain JavaScript', () => {
  const [kernel, other] = [
    awsSignerOn(createKernelCore(keys, options)),
    awsSignerOn(createKernelCore({ ...keys, secretAccessKey: 'b' }, options)),
  ];
  const plain = createAwsSigner(keys, options);
  const place = fc.record({
    host: fc.constantFrom('https://a.example', 'https://a.example:81', 'http://b.example', 'https://a.exampl'),
    path: fc.constantFrom('', '/', '/k', '/folder/k', '/?', '/k?a=1', '?b=2&a=3', '/k?a=1#f', '/k#?', '//', '/%2F+ä'),
    headers: fc.constantFrom<Record<string, string>>(
      {},
      { 'x-amz-acl': 'a' },
      { 'x-amz-acl': 'b' },
      { range: 'bytes=0-1' },
      { 'x-amz-acl': 'a', 'content-type': 't' },
    ),
    hash: fc.constantFrom(undefined, 'ab'.repeat(32)),
    time: fc.constantFrom(0, 999, 1000, 86_400_000, 1e12),
    inQuery: fc.boolean(),
    others: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 6 }), (requests) => {
      for (const { host, path, headers, hash, time, inQuery, others } of requests) {
        const request: HttpRequest = { method: 'GET', url: host + path, headers, ...(hash && { payloadHash: hash }) };
        const date = new Date(time);
        // the kernel's memory then has another's key
        if (others) other.signText('text', date);
        const [a, b] = [kernel, plain].map((signer) => (inQuery ? signer.signQuery(request, date) : signer.signHeaders(request, date)));
        equal(a, b);
        equal(kernel.signText(path, date), plain.signText(path, date));
      }
    }),
    seed(300),
  );
});

test('the kernel refuses what plain JavaScript refuses, and signs on', async () => {
  const [kernel, plain] = [awsSignerOn(createKernelCore(keys, options)), createAwsSigner(keys, options)];
  const date = new Date(1e12);
  const good: HttpRequest = { method: 'GET', url: 'https://a.example/k', headers: {} };
  for (const url of ['', 'k', '/k', 'ftp://a.example/k', 'https://', 'https://[/k']) {
    await rejects(() => plain.signHeaders({ ...good, url }, date), 'InvalidArgument');
    await rejects(() => kernel.signHeaders({ ...good, url }, date), 'InvalidArgument');
    equal(kernel.signHeaders(good, date), plain.signHeaders(good, date));
  }
  await rejects(() => createKernelCore({ accessKeyId: '', secretAccessKey: '' }, options), 'InvalidArgument');
});

test('texts of every length around the blocks, and those that are too long for the kernel', () => {
  const kernel = sigv4Kernel(text) ?? skip('this engine makes no WebAssembly of bytes');
  const [first, second] = [hmacKey('key'), hmacKey('another key')];
  for (let n = 0; n < 300; n++) {
    const [prefix, head] = ['p'.repeat(n % 130), 'x'.repeat(n & 1) + (n & 2 ? 'é' : 'yz').repeat(n >> 1)];
    const tail = 'ö-'.repeat((n >> 1) % 90);
    const key = n % 3 ? first : second;
    equal(kernel.sign(key, prefix, head, tail), hmacHex(key, prefix + sha256Hex(head + tail)), `${n}`);
    equal(kernel.mac(key, head), hmacHex(key, head), `${n}`);
  }
  const long = 'x'.repeat(17_000);
  equal(
    [kernel.sign(first, 'p', long, 't'), kernel.sign(first, 'p', 'h', long), kernel.mac(first, long)],
    [undefined, undefined, undefined],
  );
  equal(kernel.sign(first, 'p', 'h', 't'), hmacHex(first, `p${sha256Hex('ht')}`), 'after those');
  const far: HttpRequest = { method: 'GET', url: `https://a.example/${'k'.repeat(20_000)}`, headers: {} };
  const date = new Date(1e12);
  equal(awsSignerOn(createKernelCore(keys, options)).signHeaders(far, date), createAwsSigner(keys, options).signHeaders(far, date));
  equal(sigv4Kernel('AAAA'), undefined, 'what is no module');
});

test('the transport signs the same before the kernel is there and after', async () => {
  const region = (): string => 'eu-west-1';
  const sign = signWithAws(keys, { region } as Parameters<typeof signWithAws>[1]);
  ok(sign, 'keys can sign');
  const date = new Date(1e12);
  const request: HttpRequest = { method: 'GET', url: 'https://a.example/k', headers: {} };
  const context = { date } as Parameters<typeof sign>[1];
  const want = createAwsSigner(keys, options).signHeaders(request, date);
  for (let i = 0; i < 20; i++) {
    equal(await sign(request, context, false), want);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
});
