// What the service worker's handler answers, asked in a page as a browser asks it: the fixture server verifies each signature.
import { gcsDriver, s3Driver } from '../../src/service-worker.ts';
import type { CredentialsProvider, MountSource } from '../../src/service-worker.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';
import { pattern, withScenario, type Scenarios, type ScenarioOptions } from '../servers/fixture/client.ts';
import { handlerHere, SIGNED, withMount, type Ask, type Asked } from './service-worker-rig.ts';

const sizeBytes = 300_000;
const content = pattern(sizeBytes);
const windowBytes = 65_536;
const objects = [
  { key: 'a', pattern: { sizeBytes }, contentType: 'video/mp4' },
  { key: 'films/ü +é 1/2.mp4', text: 'with a name' },
  { key: 'empty', text: '' },
];

interface Rig {
  s3: Scenarios['s3'];
  ask: Ask;
  source: MountSource;
  /** Answered for a key of the mount. */
  get(key: string, asked?: Asked): Promise<Response>;
}

const sourceOf = ({ endpoint, bucket, region, credentials }: Scenarios['s3']): MountSource => ({
  url: `s3://${bucket}`,
  endpoint,
  region,
  credentials,
});

/** A mount of the fixture's bucket, and a handler with small windows. */
const withRig = (options: Partial<ScenarioOptions['s3']>, use: (rig: Rig) => Promise<void>): Promise<void> =>
  withScenario('s3', { objects, ...options }, async (s3) => {
    const ask = handlerHere({ mediaWindowBytes: windowBytes, askTimeoutMs: 1000 });
    const source = sourceOf(s3);
    await withMount(source, (mount) => use({ s3, ask, source, get: async (key, asked) => (await ask(mount.url(key), asked))! }));
  });

const bytesOf = async (response: Response): Promise<ArrayBuffer> => response.arrayBuffer();

/** Reads to the end. Not by `arrayBuffer`, which makes another error of a stream's. */
async function drain({ body }: Response): Promise<void> {
  const reader = body!.getReader();
  while (!(await reader.read()).done);
}
const video = { destination: 'video' };
const onlyEtag = { cors: { expose: ['etag'] } };

test('ranges, HEAD and whole objects come with the right bytes and headers, and cost no preflight', () =>
  withRig({}, async ({ s3, get }) => {
    const whole = await get('a');
    equal([whole.status, whole.url, whole.headers.get('content-type')], [200, '', 'video/mp4']);
    ok(whole.headers.get('etag'), 'an ETag');
    sameBytes(await bytesOf(whole), content);
    const head = await get('a', { method: 'HEAD' });
    equal([head.status, head.headers.get('content-length'), head.body], [200, String(sizeBytes), null]);
    for (const [range, from, to] of [
      ['bytes=10-19', 10, 19],
      ['bytes=299990-', 299_990, 299_999],
      ['bytes=-100', 299_900, 299_999],
      ['bytes=-999999999', 0, 299_999],
      ['bytes=299990-400000', 299_990, 299_999],
    ] as const) {
      const part = await get('a', { range });
      equal([part.status, part.headers.get('content-range')], [206, `bytes ${from}-${to}/${sizeBytes}`], range);
      equal(part.headers.get('content-length'), String(to - from + 1), range);
      sameBytes(await bytesOf(part), content.subarray(from, to + 1), range);
    }
    equal(await (await get('films/ü +é 1/2.mp4')).text(), 'with a name');
    equal((await get('a', { range: 'bytes=0-1,5-6' })).status, 200);
    const { counts } = await s3.log();
    equal([counts.preflights, counts.refused], [0, 0]);
  }));

test('where a bucket shows only ETag, one HEAD tells the size of each version', () =>
  withRig(onlyEtag, async ({ s3, get }) => {
    for (const from of [0, 100_000, 200_000]) {
      const part = await get('a', { range: `bytes=${from}-`, ...video });
      equal([part.status, part.headers.get('content-range')], [206, `bytes ${from}-${from + windowBytes - 1}/${sizeBytes}`]);
      sameBytes(await bytesOf(part), content.subarray(from, from + windowBytes));
    }
    equal((await s3.log()).counts.byMethod, { GET: 3, HEAD: 1 });
    await s3.update({ objects: [{ key: 'a', pattern: { sizeBytes: 1000, seed: 9 } }], clearLog: true });
    const last = await get('a', { range: 'bytes=-10' });
    equal([last.status, last.headers.get('content-range')], [206, 'bytes 990-999/1000']);
    sameBytes(await bytesOf(last), pattern(1000, 9).subarray(990));
    equal((await s3.log()).counts.preflights, 0);
  }));

for (const [name, options] of [
  ['everything', {}],
  ['only ETag', onlyEtag],
] as const) {
  test(`media get at most a window of a range, and everything in windows where they ask for no range: shown ${name}`, () =>
    withRig(options, async ({ s3, get }) => {
      for (const destination of ['audio', 'video']) {
        const part = await get('a', { range: 'bytes=0-', destination });
        equal([part.status, part.headers.get('content-range')], [206, `bytes 0-${windowBytes - 1}/${sizeBytes}`]);
        sameBytes(await bytesOf(part), content.subarray(0, windowBytes));
      }
      await s3.update({ clearLog: true });
      const whole = await get('a', video);
      equal([whole.status, whole.headers.get('content-length'), whole.headers.get('content-range')], [200, String(sizeBytes), null]);
      const reader = whole.body!.getReader();
      await reader.read();
      ok((await s3.log()).counts.bytesSent <= 2 * windowBytes, 'no window before it is wanted');
      await reader.cancel();
      sameBytes(await bytesOf(await get('a', video)), content);
      equal((await bytesOf(await get('empty', video))).byteLength, 0);
      equal((await s3.log()).counts.preflights, 0);
    }));
}

test('a body in windows ends with an error when the object changes or a window is short', () =>
  withRig({}, async ({ s3, get }) => {
    await s3.update({ faults: [{ match: { method: 'GET', nth: 1 }, fault: { type: 'changeObject' } }] });
    await rejects(drain(await get('a', video)), 'ObjectChanged');
    const aborted = new AbortController();
    const body = await get('a', { ...video, signal: aborted.signal });
    const reason = new Error('enough');
    aborted.abort(reason);
    await rejects(drain(body), (error) => error === reason || (error as Error).name === 'AbortError');
    equal((await s3.log()).counts.inFlight, 0);
  }));

test('refusals have the status of their cause, and repeat nothing of the server', () =>
  withRig({}, async ({ s3, ask, source, get }) => {
    const seen: unknown[] = [];
    const refused = async (response: Response): Promise<[number, string]> => {
      const text = await response.text();
      seen.push(text, [...response.headers]);
      return [response.status, (JSON.parse(text) as { code: string }).code];
    };
    equal(await refused(await get('none')), [404, 'NotFound']);
    const past = await get('a', { range: 'bytes=300000-' });
    equal(past.headers.get('content-range'), `bytes */${sizeBytes}`);
    equal(await refused(past), [416, 'RangeNotSatisfiable']);
    equal((await get('empty', { range: 'bytes=-5' })).status, 416);
    for (const method of ['PUT', 'POST', 'DELETE', 'PATCH']) {
      const answer = await get('a', { method });
      equal(answer.headers.get('allow'), 'GET, HEAD');
      equal(await refused(answer), [405, 'NotSupported'], method);
    }
    for (const path of ['/anyfile/x', '/anyfile/x/', '/anyfile/x/%zz', '/anyfile/x/a%2F..%2F..%2Fb', '/anyfile/x/%00'])
      equal(await refused((await ask(path))!), [400, 'InvalidArgument'], path);
    equal(await refused((await ask('/anyfile/unknown/a'))!), [401, 'Unauthenticated']);
    const wrong = { ...s3.credentials, secretAccessKey: 'another secret' };
    await withMount({ ...source, credentials: wrong }, async (mount) => {
      equal(await refused((await ask(mount.url('a')))!), [403, 'PermissionDenied']);
      equal((await ask(mount.url('a'), { method: 'HEAD' }))?.status, 403);
    });
    await s3.update({ faults: [{ match: { nth: 1 }, fault: { type: 'status', status: 503 } }] });
    equal(await refused(await get('a')), [503, 'Throttled']);
    ok(!SIGNED.test(JSON.stringify(seen)), 'no word of a signature');
  }));

test('answers that a page may not read are told from servers that are not there', () =>
  withRig({ cors: false }, async ({ s3, source, ask, get }) => {
    const answer = await get('a');
    equal([answer.status, ((await answer.json()) as { code: string }).code], [403, 'CorsOrNetwork']);
    await s3.update({ faults: [{ match: { origin: 1 }, fault: { type: 'redirect', status: 307 } }] });
    equal((await get('a')).status, 403);
    await withMount({ ...source, endpoint: 'http://127.0.0.1:1' }, async (mount) => {
      const none = (await ask(mount.url('a')))!;
      equal([none.status, ((await none.json()) as { code: string }).code], [502, 'Network']);
    });
  }));

test('every answer is sandboxed, and none is for documents, frames, scripts, styles or workers unless allowed', () =>
  withRig({}, async ({ ask, source, get }) => {
    const guards = ({ headers }: Response): unknown => [headers.get('content-security-policy'), headers.get('x-content-type-options')];
    for (const asked of [{}, { range: 'bytes=0-5' }, video, { method: 'HEAD' }, { method: 'PUT' }, { destination: 'document' }])
      equal(guards(await get('a', asked)), ["sandbox; default-src 'none'", 'nosniff'], JSON.stringify(asked));
    equal(guards(await get('none')), ["sandbox; default-src 'none'", 'nosniff']);
    for (const destination of ['', 'image', 'audio', 'video', 'track', 'font'])
      equal((await get('a', { destination })).ok, true, destination);
    for (const destination of [
      'document',
      'iframe',
      'frame',
      'embed',
      'object',
      'script',
      'style',
      'worker',
      'sharedworker',
      'manifest',
      'xslt',
    ])
      equal((await get('a', { destination })).status, 403, destination);
    const open = handlerHere({ allow: (destination) => destination === 'document' });
    await withMount(source, async (mount) => {
      equal((await open(mount.url('a'), { destination: 'document' }))?.status, 200);
      equal((await open(mount.url('a')))?.status, 403);
    });
    equal(ask('/elsewhere/a'), undefined);
    equal(ask('https://elsewhere.example/anyfile/x/a'), undefined);
  }));

test('temporary keys, HMAC keys of GCS and web servers are mounted too; a driver that was not given is missed', async () => {
  await withRig({ sessionToken: true }, async ({ get }) => sameBytes(await bytesOf(await get('a')), content));
  const ask = handlerHere({ mediaWindowBytes: windowBytes });
  await withScenario('gcs', { objects }, ({ endpoint, bucket, credentials, log }) =>
    withMount({ url: `gs://${bucket}/films/`, endpoint, credentials }, async (mount) => {
      equal(await (await ask(mount.url('ü +é 1/2.mp4'))!).text(), 'with a name');
      equal(
        (await log()).requests.map(({ auth, signature }) => [auth, signature]),
        [['query', 'valid']],
      );
      equal((await handlerHere({ drivers: [s3Driver] })(mount.url('a')))?.status, 501);
      equal((await handlerHere({ drivers: [gcsDriver] })(mount.url('ü +é 1/2.mp4')))?.status, 200);
    }),
  );
  await withScenario(
    'http',
    { files: { '/data/a b': { pattern: { sizeBytes } }, '/data/whole': { text: 'no ranges', ranges: false } } },
    ({ endpoint }) =>
      withMount({ url: `${endpoint}/data/` }, async (mount) => {
        const part = (await ask(mount.url('a b'), { range: 'bytes=5-', ...video }))!;
        equal([part.status, part.headers.get('content-range')], [206, `bytes 5-${4 + windowBytes}/${sizeBytes}`]);
        const whole = (await ask(mount.url('whole'), { range: 'bytes=0-', ...video }))!;
        equal([whole.status, await whole.text()], [200, 'no ranges']);
      }),
  );
});

test('a mount that is closed is 401 at once; others go on; one question for many requests', () =>
  withRig({}, async ({ ask, source, get }) => {
    const questions: unknown[] = [];
    const channel = new BroadcastChannel('anyfile:mounts');
    channel.onmessage = ({ data }) => questions.push(data);
    try {
      await withMount(source, async (mount) => {
        const first = await Promise.all([1, 2, 3, 4].map(() => ask(mount.url('a'), { method: 'HEAD' })!));
        equal(
          first.map(({ status }) => status),
          [200, 200, 200, 200],
        );
        await mount.close();
        equal((await ask(mount.url('a')))?.status, 401);
        equal((await get('a', { method: 'HEAD' })).status, 200);
        const asked = { type: 'need', id: mount.base.split('/')[2] };
        equal(
          questions.filter((message) => JSON.stringify(message) === JSON.stringify(asked)),
          [asked],
          'one question',
        );
        ok(!SIGNED.test(JSON.stringify(questions)), 'no signature in a message');
        ok(
          !JSON.stringify(questions).includes((source.credentials as { secretAccessKey: string }).secretAccessKey),
          'no secret in a message',
        );
      });
    } finally {
      channel.close();
    }
  }));

test('temporary keys are asked for again when they end, and a mount whose keys have ended is 401', () =>
  withRig({}, async ({ s3, ask, source }) => {
    // a minute before their end they are used only where there are no others
    const lives = [60_000, 60_000, 1];
    let calls = 0;
    const credentials: CredentialsProvider = () => {
      const ms = lives[calls++];
      if (ms === undefined) throw new Error('logged out');
      return { ...s3.credentials, expiration: new Date(Date.now() + ms) };
    };
    await withMount({ ...source, credentials }, async (mount) => {
      const status = async (): Promise<number | undefined> => (await ask(mount.url('a'), { method: 'HEAD' }))?.status;
      equal([calls, await status(), await status(), calls], [1, 200, 200, 3]);
      await new Promise((resolve) => void setTimeout(resolve, 10));
      equal([await status(), calls], [401, 4]);
    });
  }));

test('a key of the day that was kept serves without the page, until the mount is closed', () =>
  withRig({}, async ({ source }) => {
    const silent = handlerHere({ askTimeoutMs: 50 });
    await withMount(
      source,
      async (mount) => {
        ok(mount.base.startsWith('/anyfile/day-'), mount.base);
        // Nobody answers on a channel that is closed: what the handler finds, it finds on the disk.
        const post = BroadcastChannel.prototype.postMessage;
        BroadcastChannel.prototype.postMessage = () => {};
        try {
          equal((await silent(mount.url('a'), { method: 'HEAD' }))?.status, 200);
          await mount.close();
          equal((await handlerHere({ askTimeoutMs: 50 })(mount.url('a')))?.status, 401);
        } finally {
          BroadcastChannel.prototype.postMessage = post;
        }
      },
      { persist: 'day-key' },
    );
  }));

test('a worker that found the key of the day on the disk hears that the mount was closed', () =>
  withRig({}, async ({ source, ask }) => {
    await withMount(
      source,
      async (mount) => {
        equal((await ask(mount.url('a'), { method: 'HEAD' }))?.status, 200);
        await mount.close();
        equal((await ask(mount.url('a'), { method: 'HEAD' }))?.status, 401);
      },
      { persist: 'day-key' },
    );
  }));

test('options that none can be are refused', async () => {
  for (const prefix of ['', 'anyfile/', '/anyfile', '/a?/']) await rejects(() => handlerHere({ prefix }), 'InvalidArgument');
  for (const mediaWindowBytes of [0, -1, 1.5, NaN]) await rejects(() => handlerHere({ mediaWindowBytes }), 'InvalidArgument');
  await rejects(() => handlerHere({ askTimeoutMs: 0 }), 'InvalidArgument');
});
