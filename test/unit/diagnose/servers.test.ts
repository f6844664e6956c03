/** Diagnoses of real servers and of the fixture, in every engine: what is right is said to be, and each fault is named. */
import { Client, type CheckName, type ClientOptions, type DiagnoseOptions, type DiagnosisCheck } from '../../../src/index.ts';
import { env, need, uniqueName } from '../../env.ts';
import { equal, ok, rejects, skip, test } from '../../harness.ts';
import { withScenario, type ScenarioOptions } from '../../servers/fixture/client.ts';

type Findings = Partial<Record<CheckName, DiagnosisCheck>>;

async function diagnose(url: string, clientOptions: ClientOptions, options: DiagnoseOptions = {}): Promise<Findings> {
  const client = new Client(clientOptions);
  try {
    const checks = await client.diagnose(url, options);
    equal(new Set(checks.map(({ name }) => name)).size, checks.length, 'each thing is told once');
    return Object.fromEntries(checks.map((check) => [check.name, check]));
  } finally {
    await client.close();
  }
}

/** Names of what is wrong. */
const wrong = (found: Findings): string[] =>
  Object.values(found)
    .filter(({ ok: good }) => good === false)
    .map(({ name }) => name);

const isPage = (): boolean => !/^(node|bun|deno)/.test(env().engine);

interface Fixture {
  options: ClientOptions;
  url: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

async function onFixture(scenario: Partial<ScenarioOptions['s3']>, work: (at: Fixture) => Promise<void>): Promise<void> {
  need('fixture');
  const objects = [{ key: 'dir/a.txt', text: 'hello' }];
  await withScenario('s3', { objects, ...scenario }, async ({ endpoint, region, credentials, bucket }) =>
    work({ options: { endpoint, region, credentials }, url: `s3://${bucket}/dir/a.txt`, credentials }),
  );
}

for (const name of ['versitygw', 'minio'] as const) {
  test(`diagnose: all is well at ${name}, writing too, and nothing stays behind`, async () => {
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = need(name);
    const options: ClientOptions = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
    const folder = uniqueName('doctor');
    const client = new Client(options);
    try {
      await client.store(`s3://${bucket}/${folder}`).put('a b.txt', 'hello');
      const found = await diagnose(`s3://${bucket}/${folder}/a b.txt`, options, { write: true });
      equal(
        wrong(found).filter((one) => !one.startsWith('cors')),
        [],
      );
      equal([found.read?.ok, found.list?.ok, found.write?.ok, found.bucket?.ok, found.signature?.ok], [true, true, true, true, true]);
      ok(!JSON.stringify(found).includes(secretAccessKey), 'no secret');
      const keys: string[] = [];
      for await (const page of client.store(`s3://${bucket}/${folder}`).list()) keys.push(...page.objects.map(({ key }) => key));
      equal(keys, ['a b.txt']);
    } finally {
      await client.close();
    }
  });
}

for (const name of ['versitygw', 'minio'] as const) {
  test(`diagnose: ${name} with a wrong secret, an unknown key, another region, no such bucket, a wrong clock`, async () => {
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = need(name);
    // a page is not told why: these servers send no CORS headers with such refusals
    if (isPage()) skip('a page sees none of these refusals');
    const credentials = { accessKeyId, secretAccessKey };
    const options: ClientOptions = { endpoint, region, credentials };
    const url = `s3://${bucket}/`;
    const secret = await diagnose(url, { ...options, credentials: { ...credentials, secretAccessKey: 'wrong' } });
    equal([wrong(secret), secret.bucket?.ok], [['signature'], null], 'secret');
    const key = await diagnose(url, { ...options, credentials: { ...credentials, accessKeyId: 'NOBODY' } });
    equal(wrong(key), ['signature'], 'key');
    const elsewhere = await diagnose(url, { ...options, region: 'eu-west-3' });
    equal([wrong(elsewhere), elsewhere.region?.what.includes('eu-west-3')], [['region'], true], 'region');
    const missing = await diagnose('s3://no-such-bucket-here/a', options);
    equal([wrong(missing), missing.signature?.ok], [['bucket'], true], 'bucket');
    const late = await diagnose(url, { ...options, clock: () => Date.now() - 3 * 3_600_000 });
    equal([wrong(late), late.clock?.what.includes('3 h behind')], [['clock'], true], 'clock');
    const cors = await diagnose(url, options, { origin: 'https://app.example' });
    ok(cors.cors?.ok !== null && cors.cors !== undefined, 'CORS is looked at');
  });
}

test('diagnose: fake-gcs', async () => {
  const { endpoint, bucket } = need('fake-gcs');
  const found = await diagnose(`gs://${bucket}/`, { endpoint, credentials: 'anonymous' });
  equal([found.connection?.ok, found.credentials?.ok, found.list?.ok], [true, true, true]);
  const missing = await diagnose('gs://no-such-bucket-here/a', { endpoint, credentials: 'anonymous' });
  ok(wrong(missing).length > 0, 'a bucket that is not there');
});

test('diagnose: a wrong secret, an unknown key, a bucket that is not there', async () => {
  await onFixture({}, async ({ options, url, credentials }) => {
    const secret = await diagnose(url, { ...options, credentials: { ...credentials, secretAccessKey: 'wrong' } });
    equal([wrong(secret), secret.signature?.what.includes('secret')], [['signature'], true]);
    const key = await diagnose(url, { ...options, credentials: { ...credentials, accessKeyId: 'nobody' } });
    equal(wrong(key), ['signature']);
    const bucket = await diagnose('s3://no-such-bucket/x', options);
    equal([wrong(bucket), bucket.signature?.ok], [['bucket'], true]);
    const object = await diagnose(url.replace('a.txt', 'b.txt'), options);
    equal([wrong(object), object.list?.ok], [['read'], true]);
    const folder = await diagnose(url.replace('/a.txt', ''), options, { write: true });
    equal([wrong(folder), folder.read?.what], [[], 'dir/a.txt may be read'], 'a folder without its slash');
  });
});

test('diagnose: the wrong region is named, and the right one', async () => {
  await onFixture({ region: 'eu-west-1' }, async ({ options, url }) => {
    const found = await diagnose(url, { ...options, region: 'us-east-1' });
    equal(wrong(found), ['region']);
    ok(found.region?.fix?.includes('eu-west-1'), found.region?.fix);
    equal((await diagnose(url, options)).region?.ok, true);
  });
});

test('diagnose: a clock that is wrong', async () => {
  await onFixture({}, async ({ options, url }) => {
    const found = await diagnose(url, { ...options, clock: () => Date.now() + 5 * 3_600_000 });
    if (isPage() && found.clock?.ok === null) skip('this page is not shown the server’s time');
    equal([found.clock?.ok, found.clock?.what.includes('5 h ahead')], [false, true]);
    // the transport learns the difference from the refusal
    equal(found.read?.ok, true);
  });
});

test('diagnose: rights to read without rights to list, and the other way round', async () => {
  const denied = { type: 'status', status: 403, code: 'AccessDenied' } as const;
  await onFixture({ faults: [{ match: { operation: 'ListObjectsV2' }, fault: denied }] }, async ({ options, url }) => {
    const found = await diagnose(url, options);
    equal([wrong(found), found.list?.snippet?.text.includes('s3:ListBucket')], [['list'], true]);
  });
  await onFixture({ faults: [{ match: { operation: 'GetObject' }, fault: denied }] }, async ({ options, url }) => {
    const found = await diagnose(url, options);
    equal([wrong(found), found.read?.snippet?.text.includes('s3:GetObject')], [['read'], true]);
  });
  await onFixture({ faults: [{ match: { operation: 'PutObject' }, fault: denied }] }, async ({ options, url }) => {
    const found = await diagnose(url, options, { write: true });
    equal([wrong(found), found.write?.snippet?.text.includes('s3:PutObject')], [['write'], true]);
  });
});

test('diagnose: a server that ignores ranges, and bytes that are not those that were stored', async () => {
  await onFixture({ faults: [{ match: { operation: 'GetObject' }, fault: { type: 'ignoreRange' } }] }, async ({ options, url }) => {
    const found = await diagnose(url, options);
    equal([wrong(found), found.read?.ok], [['ranges'], true]);
  });
  await onFixture(
    { faults: [{ match: { operation: 'GetObject', nth: 2, times: 9 }, fault: { type: 'wrongChecksum' } }] },
    async ({ options, url }) => {
      const found = await diagnose(url, options);
      equal(wrong(found), ['checksums']);
    },
  );
});

test('diagnose: nobody listens', async () => {
  if (isPage()) skip('a page is told no causes');
  const found = await diagnose('s3://bucket/a', {
    endpoint: 'http://127.0.0.1:9',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  equal(wrong(found), ['connection']);
  ok(found.connection?.what.includes('127.0.0.1:9'), found.connection?.what);
  equal(found.list, undefined, 'nothing else is said of the store');
});

test('diagnose: credentials that can be seen to be wrong', async () => {
  await onFixture({}, async ({ options, url, credentials }) => {
    const expired = await diagnose(url, { ...options, credentials: { ...credentials, expiration: new Date(Date.now() - 600_000) } });
    equal([expired.credentials?.ok, expired.credentials?.what.includes('expired 10 min ago')], [false, true]);
    const temporary = await diagnose(url, { ...options, credentials: { ...credentials, accessKeyId: 'ASIAX' } });
    ok(temporary.credentials?.what.includes('session token is missing'), temporary.credentials?.what);
    const failing = await diagnose(url, { ...options, credentials: async () => Promise.reject(new Error('canary')) });
    equal([failing.credentials?.ok, JSON.stringify(failing).includes('canary')], [false, false]);
    ok(!failing.credentials?.fix?.startsWith('It can be read without any'), 'a private bucket');
  });
  await onFixture({ anonymousRead: true }, async ({ options, url }) => {
    const none = { ...options, credentials: async () => Promise.reject(new Error('none')) };
    for (const one of [url, url.replace('a.txt', '')])
      ok((await diagnose(one, none)).credentials?.fix?.startsWith('It can be read without any'), 'a public bucket');
  });
});

test('diagnose: a caller who leaves gets his own reason', async () => {
  await onFixture({ faults: [{ fault: { type: 'headStall' } }] }, async ({ options, url }) => {
    const leave = new AbortController();
    const reason = new Error('left');
    setTimeout(() => leave.abort(reason), 50);
    await rejects(diagnose(url, options, { signal: leave.signal }), (error) => error === reason);
  });
});

test('diagnose: CORS, from outside of pages', async () => {
  if (isPage()) skip('a page looks at its own origin');
  const origin = 'https://app.example';
  await onFixture({}, async ({ options, url }) => {
    const found = await diagnose(url, options, { origin, write: true });
    equal([wrong(found), found.cors?.ok, found['cors.expose']?.ok, found['cors.write']?.ok], [[], true, true, true]);
  });
  await onFixture({ cors: false }, async ({ options, url }) => {
    const found = await diagnose(url, options, { origin, write: true });
    equal(wrong(found), ['cors', 'cors.write']);
    const rules = JSON.parse(found.cors?.snippet?.text ?? '') as { CORSRules: { AllowedOrigins: string[] }[] };
    equal(rules.CORSRules[0]?.AllowedOrigins, [origin]);
  });
  await onFixture({ cors: { origins: ['https://other.example'] } }, async ({ options, url }) => {
    equal(wrong(await diagnose(url, options, { origin })), ['cors']);
  });
  const all = ['etag', 'content-range', 'x-amz-meta-a'];
  for (const gone of all) {
    const expose = all.filter((name) => name !== gone);
    const objects = [{ key: 'dir/a.txt', text: 'hello', metadata: { a: '1' } }];
    await onFixture({ objects, cors: { expose } }, async ({ options, url }) => {
      const found = await diagnose(url, options, { origin });
      equal([wrong(found), found['cors.expose']?.what], [['cors.expose'], `a page is not shown ${gone}`]);
    });
  }
  await onFixture({ cors: { methods: ['GET', 'HEAD'] } }, async ({ options, url }) => {
    equal(wrong(await diagnose(url, options, { origin, write: true })), ['cors.write']);
  });
});

test('diagnose: GCS by a service account, an HMAC key and a token; a token that is no more; CORS', async () => {
  need('fixture');
  const origin = 'https://app.example';
  const objects = [{ key: 'a', text: 'hello' }];
  await withScenario('gcs', { objects }, async ({ endpoint, bucket, serviceAccount, credentials, accessToken, update }) => {
    for (const one of [serviceAccount, credentials, { accessToken }]) {
      const found = await diagnose(`gs://${bucket}/a`, { endpoint, credentials: one }, { write: true, origin });
      equal(wrong(found), [], JSON.stringify(found));
      equal([found.read?.ok, found.write?.ok, found.signature?.ok], [true, true, true]);
    }
    await update({ revokeTokens: true });
    equal(wrong(await diagnose(`gs://${bucket}/a`, { endpoint, credentials: { accessToken } })), ['signature']);
  });
  if (isPage()) return;
  await withScenario('gcs', { objects, cors: false }, async ({ endpoint, bucket, serviceAccount }) => {
    const found = await diagnose(`gs://${bucket}/a`, { endpoint, credentials: serviceAccount }, { origin });
    equal([wrong(found), found.cors?.snippet?.label.includes('gcloud')], [['cors'], true]);
  });
});

test('diagnose: CORS, in a page', async () => {
  if (!isPage()) skip('for pages');
  await onFixture({}, async ({ options, url }) => {
    const found = await diagnose(url, options);
    equal([wrong(found), found.cors?.ok], [[], true]);
  });
  await onFixture({ cors: false }, async ({ options, url }) => {
    const found = await diagnose(url, options);
    ok(wrong(found).includes('cors') && found.cors?.snippet?.text.includes('AllowedOrigins'), JSON.stringify(found));
  });
});

test('diagnose: a signed web address is used, and never shown', async () => {
  await onFixture({}, async ({ options, url }) => {
    const client = new Client(options);
    const signed = await client.store(url.replace('/dir/a.txt', '')).signUrl!('dir/a.txt');
    await client.close();
    const seen: string[] = [];
    const found = await diagnose(signed, { onRequest: ({ url: at }) => void seen.push(at) });
    equal([found.read?.ok, found.ranges?.ok], [true, true], JSON.stringify(found));
    const altered = await diagnose(signed.replace('a.txt', 'b.txt'), {});
    equal(altered.read?.ok ?? false, false);
    ok(!/Signature=|X-Amz/.test(JSON.stringify([found, altered, seen])), 'no signature');
  });
});

test('diagnose: a web server, a disk, memory, and what is no URL', async () => {
  need('fixture');
  await withScenario(
    'http',
    { files: { '/d/a.txt': { text: 'hello' }, '/d/whole.txt': { text: 'hello', ranges: false } } },
    async ({ endpoint }) => {
      equal(
        wrong(await diagnose(`${endpoint}/d/a.txt`, {})).filter((name) => !name.startsWith('cors')),
        [],
      );
      equal((await diagnose(`${endpoint}/d/none.txt`, {})).read?.ok, false);
      equal((await diagnose(`${endpoint}/d/whole.txt`, {})).ranges?.ok, false);
    },
  );
  const memory = await diagnose('mem://bucket/', {}, { write: true });
  equal([wrong(memory), memory.write?.ok], [[], true]);
  equal(Object.keys(await diagnose('s3a://bucket/a', {})), ['url']);
});
