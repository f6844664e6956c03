// Runs in workerd: the built package, by its name, signs a URL and takes bytes through the memory store.
import { openStore } from 'anyfile';
import { presign } from 'anyfile/sign';
import { equal, ok, runAll, test } from '../harness.ts';

test('a URL is signed', async () => {
  const credentials = { accessKeyId: 'AKID', secretAccessKey: crypto.randomUUID() };
  const url = new URL(await presign('s3://bucket/a key', { credentials, region: 'us-east-1', expiresInMs: 60_000 }));
  equal(url.searchParams.get('X-Amz-Expires'), '60');
  ok(/^[0-9a-f]{64}$/.test(url.searchParams.get('X-Amz-Signature') ?? ''), 'a signature of 64 digits');
  ok(!url.href.includes(credentials.secretAccessKey), 'no secret in the URL');
});

test('the memory store gives back what was put', async () => {
  const store = openStore(`mem://${crypto.randomUUID()}/`);
  await store.put('a/b', 'hello');
  const got = await store.get('a/b');
  equal(await got?.text(), 'hello');
  equal(await store.get('a/c'), null);
});

export default {
  async fetch(request) {
    if (new URL(request.url).pathname === '/ready') return new Response('yes');
    const lines = [];
    const results = await runAll(({ name, state, error }) => {
      if (state === 'fail') lines.push(`not ok - ${name}: ${error?.stack || error?.message}`);
    });
    const failed = results.filter(({ state }) => state === 'fail').length;
    return new Response([...lines, `${results.length - failed} passed, ${failed} failed`].join('\n'));
  },
};
