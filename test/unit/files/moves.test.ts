/** Moves between places of the net: what is deleted is what was copied, and never the only copy. */
import { Client, type ClientOptions, type CloudFiles } from '../../../src/index.ts';
import { isPage } from '../data/datafile/places.ts';
import { equal, ok, rejects, skip, test } from '../../harness.ts';
import { openScenario, type FaultRule, type Log, type Scenarios } from '../../servers/fixture/client.ts';

type Kind = 's3' | 'gs';
type Server = Pick<Scenarios['s3'], 'log' | 'update' | 'close' | 'object' | 'endpoint' | 'bucket'> & {
  keys?: Scenarios['gcs']['credentials'];
};

const text = (bytes: Uint8Array | null): string | null => bytes && new TextDecoder().decode(bytes);

async function withServer(kind: Kind, use: (server: Server, options: ClientOptions, client: Client) => Promise<void>): Promise<void> {
  const opened = async (): Promise<{ server: Server; options: ClientOptions }> => {
    if (kind === 's3') {
      const { region, credentials, ...server } = await openScenario('s3', {});
      return { server, options: { region, credentials } };
    }
    const { accessToken, credentials: _, ...server } = await openScenario('gcs', {});
    return { server, options: { credentials: { accessToken } } };
  };
  const { server, options } = await opened();
  const client = new Client({ ...options, endpoint: server.endpoint, retry: { attempts: 2, minDelayMs: 1 } });
  try {
    await use(server, options, client);
  } finally {
    await client.close();
    await server.close();
  }
}

const made = async (server: Server): Promise<string[]> =>
  (await server.log()).requests.filter(({ method }: Log['requests'][number]) => method !== 'OPTIONS').map(({ method }) => method);

test('moves: an object that two spellings lead to stays', () =>
  withServer('s3', async (server, options, client) => {
    const { endpoint, bucket } = server;
    const store = client.store(`s3://${bucket}`);
    const other = new Client(options);
    const cached = new Client({ ...options, endpoint, cache: { freshness: 'immutable' } });
    const places: [to: CloudFiles, path: string][] = [
      [client.files(`s3://${endpoint}/${bucket}/d`), 'x'],
      [client.files(`s3://${endpoint}/${bucket}`), 'd/x'],
      ...(isPage() ? [] : [[client.files(`s3://${endpoint.replace('127.0.0.1', 'LOCALHOST')}/${bucket}/d`), 'x'] as [CloudFiles, string]]),
      [other.files(`s3://${endpoint}/${bucket}/d`), 'x'],
    ];
    let clockOffsetMs = 0;
    for (const [to, path] of places)
      for (const [from, reencode] of [
        [client, undefined],
        [client, 'gzip'],
        [cached, undefined],
      ] as const) {
        await store.put('d/x', 'precious');
        const files = from.files(`s3://${bucket}/d`);
        await files.get('x');
        // a cache may still know it as it was
        await server.update({ clockOffsetMs: (clockOffsetMs += 2000) });
        equal(await files.moves(to, [['x', path]], { reencode }), 1);
        equal(text(await files.get('x')), 'precious', path);
      }
    await Promise.all([other.close(), cached.close()]);
  }));

test('moves: an object of GCS that is reached in its own language and in that of S3 stays', async () => {
  let generation = 1;
  const methods: string[] = [];
  const client = new Client({
    credentials: { accessKeyId: 'A', secretAccessKey: 'S' },
    async fetch(input: string | URL | Request, init?: RequestInit) {
      const method = init?.method ?? 'GET';
      equal(new URL(input instanceof Request ? input.url : input).pathname, '/b/d/x');
      methods.push(method);
      if (method === 'PUT') generation++;
      const headers = { etag: `"${generation}"`, 'x-goog-generation': String(generation), 'content-length': method === 'PUT' ? '0' : '8' };
      return new Response(method === 'GET' ? 'precious' : null, { headers });
    },
  });
  const [one, two] = [client.files('gs://b/d'), client.files('s3://https://storage.googleapis.com/b/d')];
  equal(await one.moves(two, ['x']), 1);
  equal(await two.moves(one, ['x']), 1);
  ok(!methods.includes('DELETE') && generation === 3, methods.join());
  await client.close();
});

for (const kind of ['s3', 'gs'] as const) {
  test(`moves, ${kind}: what somebody else writes meanwhile is not deleted`, () =>
    withServer(kind, async (server, options, client) => {
      const { bucket, endpoint } = server;
      const store = client.store(`${kind}://${bucket}`);
      await store.put('d/x', 'one');
      // between the copy and the DELETE
      const meddled = new Client({
        ...options,
        endpoint,
        async fetch(input: string | URL | Request, init?: RequestInit) {
          if (init?.method === 'DELETE') await store.put('d/x', 'two');
          return fetch(input, init);
        },
      });
      const to = meddled.files('mem://moved-meanwhile');
      await rejects(meddled.files(`${kind}://${bucket}/d`).moves(to, ['x']), 'PreconditionFailed');
      equal([text(await server.object('d/x')), text(await to.get('x'))], ['two', 'one']);
      await meddled.close();
    }));

  test(`moves, ${kind}: a GET and a DELETE, also where the DELETE's first answer is lost or no condition is taken`, () =>
    withServer(kind, async (server, _, client) => {
      if (isPage()) skip('pages ask for more');
      const { bucket } = server;
      const store = client.store(`${kind}://${bucket}`);
      const [files, to] = [client.files(`${kind}://${bucket}/d`), client.files('mem://moved')];
      const move = async (fault?: FaultRule['fault']): Promise<string[]> => {
        await store.put('d/x', 'one');
        await server.update({ faults: fault ? [{ match: { method: 'DELETE', nth: 1 }, fault }] : [], clearLog: true });
        equal(await files.moves(to, ['x']), 1);
        const requests = await made(server);
        equal([await server.object('d/x'), text(await to.get('x'))], [null, 'one']);
        // where a runtime decodes by itself a HEAD tells first how it is stored
        return requests.slice(store.capabilities.storedBytes === true ? 0 : requests.indexOf('GET'));
      };
      equal(await move(), ['GET', 'DELETE']);
      // not all who speak S3's language do
      if (kind === 's3') equal(await move({ type: 'status', status: 501, code: 'NotImplemented' }), ['GET', 'DELETE', 'DELETE']);
      const lost = await move({ type: 'status', status: 503, code: 'SlowDown', execute: true });
      ok(lost.length <= 4 && lost[0] === 'GET', lost.join());
    }));
}

test('moves: equal bytes under one key of two services are two objects', () =>
  withServer('s3', (one, _, client) =>
    withServer('s3', async (two, more) => {
      equal(one.bucket, two.bucket);
      await client.store(`s3://${one.bucket}`).put('d/x', 'same');
      // headers tell whole seconds
      await two.update({ clockOffsetMs: 5000 });
      const late = new Client({ ...more, clock: () => Date.now() + 5000 });
      equal(await client.files(`s3://${one.bucket}/d`).moves(late.files(`s3://${two.endpoint}/${two.bucket}/d`), ['x']), 1);
      equal([await one.object('d/x'), text(await two.object('d/x'))], [null, 'same']);
      await late.close();
    }),
  ));
