/** A secret put through every error path appears in no message, stack, JSON, log or printed form. */
import { Client, CloudFiles, CloudError, isCloudError, openStore, parseUrl } from '../../src/index.ts';
import type { ClientOptions, Credentials, ObjectStore } from '../../src/index.ts';
import { presign, signAws } from '../../src/sign.ts';
import { env } from '../env.ts';
import { equal, ok, test } from '../harness.ts';
import { openScenario, type Fault } from '../servers/fixture/client.ts';

const canary = `CANARY${'z'.repeat(34)}`;

/** Everything that a program, a log or a debugger may print of a value. */
async function printed(value: unknown): Promise<string> {
  const seen = new Set<unknown>();
  const parts: string[] = [];
  const walk = (v: unknown, depth: number): void => {
    if (depth > 6 || seen.has(v)) return;
    if (typeof v === 'string') parts.push(v);
    if (typeof v !== 'object' || v === null) return;
    seen.add(v);
    if (v instanceof Error) parts.push(String(v), v.message, v.stack ?? '', JSON.stringify(v));
    for (const name of Reflect.ownKeys(v)) {
      parts.push(String(name));
      try {
        walk((v as Record<PropertyKey, unknown>)[name], depth + 1);
      } catch {
        // a getter that throws prints nothing
      }
    }
    if (v instanceof Error) walk(v.cause, depth + 1);
  };
  walk(value, 0);
  if (/^(node|bun|deno)/.test(env().engine)) {
    const { inspect } = (await import(['node', 'util'].join(':'))) as { inspect(v: unknown, o: object): string };
    parts.push(inspect(value, { depth: 8, showHidden: true }));
  }
  return parts.join('\n');
}

const clean = async (value: unknown, what: string): Promise<void> => {
  const text = await printed(value);
  const at = text.search(/CANARY|zzzzzzzz|Signature=[0-9a-f]|X-Amz-Signature|X-Goog-Signature/);
  ok(at < 0, `${what}: ${text.slice(Math.max(0, at - 60), at + 40)}`);
};

/** Do it, and look at whatever it throws. */
async function mustFail(what: string, act: () => Promise<unknown>): Promise<void> {
  let thrown: unknown;
  try {
    await act();
  } catch (error) {
    thrown = error;
  }
  ok(thrown, `${what} must fail`);
  await clean(thrown, what);
}

const operations: Record<string, (store: ObjectStore) => Promise<unknown>> = {
  get: async (store) => (await store.get('a'))!.bytes(),
  head: (store) => store.head('a').then((info) => info ?? Promise.reject(new CloudError('none', { code: 'NotFound' }))),
  put: (store) => store.put('b', 'body'),
  delete: (store) => store.delete('a'),
  'delete many': (store) =>
    store.delete(['a', 'b']).then(({ errors }) => (errors[0] ? Promise.reject(errors[0].error) : Promise.reject(new Error('deleted')))),
  list: async (store) => {
    for await (const _ of store.list());
    throw new Error('listed');
  },
  copy: (store) => store.copy!('a', 'c').then(() => Promise.reject(new Error('copied'))),
};

const keys = { accessKeyId: 'AKIDTEST', secretAccessKey: canary, sessionToken: canary };
const kinds: Record<string, { kind: 's3' | 'gcs'; credentials: Credentials }> = {
  'S3 keys': { kind: 's3', credentials: keys },
  'GCS token': { kind: 'gcs', credentials: { accessToken: canary } },
  'GCS HMAC': { kind: 'gcs', credentials: keys },
  'GCS service account': {
    kind: 'gcs',
    credentials: { client_email: 'a@b', private_key: `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----` },
  },
  'a header maker': { kind: 'gcs', credentials: { getRequestHeaders: async () => ({ authorization: `Bearer ${canary}` }) } },
};

const faults: Record<string, Fault | undefined> = {
  'refused by the server': undefined,
  '500': { type: 'status', status: 500 },
  '403': { type: 'status', status: 403 },
  'a head that never comes': { type: 'headStall' },
  'cut before the head': { type: 'cut', bytes: 0, head: false },
  'a redirect': { type: 'redirect', status: 302 },
};

for (const [name, { kind, credentials }] of Object.entries(kinds)) {
  for (const [how, fault] of Object.entries(faults)) {
    test(`canary: ${name}, ${how}`, async () => {
      const server = await openScenario(kind, { objects: [{ key: 'a', text: 'x' }], ...(fault && { faults: [{ match: {}, fault }] }) });
      const events: unknown[] = [];
      const options: ClientOptions = {
        endpoint: server.endpoint,
        credentials,
        retry: { attempts: 2, minDelayMs: 1 },
        timeouts: { headersMs: 150, idleMs: 150 },
      };
      const client = new Client({ ...options, onRequest: (event) => void events.push(event) });
      try {
        const store = client.store(`${kind === 's3' ? 's3' : 'gs'}://${server.bucket}`);
        for (const [operation, act] of Object.entries(operations)) await mustFail(`${name}, ${how}, ${operation}`, () => act(store));
        await clean(events, 'request events');
        await clean(client.stats(), 'stats');
      } finally {
        await client.close();
        await server.close();
      }
    });
  }
}

test('canary: a server that is not there', async () => {
  for (const { kind, credentials } of Object.values(kinds)) {
    const client = new Client({ endpoint: 'http://127.0.0.1:9', credentials, retry: { attempts: 1 }, timeouts: { headersMs: 300 } });
    const store = client.store(`${kind === 's3' ? 's3' : 'gs'}://bucket`);
    for (const [operation, act] of Object.entries(operations)) await mustFail(`no server, ${operation}`, () => act(store));
    await client.close();
  }
});

test('canary: providers that fail, plain http, bad arguments, signed URLs as addresses', async () => {
  const failing = new Client({
    retry: { attempts: 1 },
    endpoint: 'http://127.0.0.1:9',
    credentials: async () => ({ nonsense: canary }) as unknown as Credentials,
  });
  await mustFail('a provider that gives nonsense', () => failing.store('s3://b').get('a'));
  const elsewhere = new Client({ retry: { attempts: 1 }, credentials: { http: { user: 'u', password: canary } } });
  await mustFail('credentials over plain http', () => elsewhere.store('http://example.invalid/d').get('a'));
  await mustFail('a header that cannot be', () =>
    openStore('s3://b', {
      retry: { attempts: 1 },
      endpoint: 'http://127.0.0.1:9',
      credentials: { ...keys, sessionToken: `${canary}\n` },
    }).get('a'),
  );
  await mustFail('credentials that do not fit', () =>
    openStore('s3://b', {
      retry: { attempts: 1 },
      endpoint: 'http://127.0.0.1:9',
      credentials: { accessToken: canary, accessKeyId: 1 } as unknown as Credentials,
    })
      .put('a', 'b')
      .then(() => Promise.reject(new Error('no'))),
  );
  const signed = await presign('s3://b/a', { credentials: keys, region: 'us-east-1', endpoint: 'http://127.0.0.1:9' });
  const anonymous = new Client({ noSignRequest: true, retry: { attempts: 1 } });
  await mustFail('a signed URL that fails', async () =>
    new CloudFiles(signed.slice(0, signed.indexOf('a?')), { client: anonymous }).get(signed.slice(signed.indexOf('a?'))),
  );
  await mustFail('a URL with user info', async () => parseUrl(`https://user:${canary}@host/path`));
  await mustFail('presign with a bad method', () => presign('s3://b/a', { credentials: keys, method: 'X' as 'GET' }));
  let thrown: unknown;
  try {
    signAws({ method: 'GET', url: `nonsense ${canary}` }, { credentials: keys, region: 'r' });
  } catch (error) {
    thrown = error;
  }
  if (isCloudError(thrown)) equal(typeof thrown.code, 'string');
  await clean(new Client({ credentials: keys }).stats(), 'stats');
});
