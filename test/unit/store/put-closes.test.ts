/** An upload that fails closes what its body is read from: a generator comes to its `finally`, a stream is cancelled. */
import { Client, type ObjectStore } from '../../../src/index.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

const MiB = 2 ** 20;
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Each way of uploading in parts. */
const services = {
  s3: { url: 's3://bucket', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
  'gs by tokens': { url: 'gs://bucket', credentials: 'anonymous' },
} as const;
type Service = keyof typeof services;

/** A store whose service begins uploads, and answers to their parts as it is told. */
function openService(
  name: Service,
  answers: { begin?: number; part(init: RequestInit): Promise<Response> },
): { store: ObjectStore; client: Client } {
  const { url, credentials } = services[name];
  const client = new Client({
    endpoint: 'http://127.0.0.1:9',
    credentials,
    timeouts: { headersMs: 600_000, idleMs: 600_000 },
    fetch: async (_input: unknown, init: RequestInit = {}) => {
      if (init.method === 'PUT') return answers.part(init);
      if (init.method !== 'POST') return new Response(null, { status: 204 });
      return new Response('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>', {
        status: answers.begin ?? 200,
        headers: { location: 'http://127.0.0.1:9/upload?upload_id=u' },
      });
    },
  });
  return { store: client.store(url), client };
}

/** A body without an end, of 1 MiB a chunk. */
function endless(): { body: AsyncGenerator<Uint8Array>; closed(): boolean } {
  let closed = false;
  const body = (async function* () {
    try {
      for (;;) yield new Uint8Array(MiB);
    } finally {
      closed = true;
    }
  })();
  return { body, closed: () => closed };
}

/** What nobody waits for comes a few turns later. */
async function soon(what: () => boolean): Promise<boolean> {
  for (let turns = 0; turns < 1000 && !what(); turns++) await turn();
  return what();
}

const refused = (): Promise<Response> => Promise.resolve(new Response(null, { status: 403 }));

for (const name of Object.keys(services) as Service[]) {
  test(`${name}: an upload that may not begin closes its body`, async () => {
    const { store, client } = openService(name, { begin: 403, part: refused });
    const { body, closed } = endless();
    await rejects(store.put('a', body), 'PermissionDenied');
    ok(await soon(closed), 'a closed body');
    await client.close();
  });

  test(`${name}: an upload whose part is refused closes its body`, async () => {
    const { store, client } = openService(name, { part: refused });
    const { body, closed } = endless();
    await rejects(store.put('a', body), 'PermissionDenied');
    ok(await soon(closed), 'a closed body');
    await client.close();
  });

  test(`${name}: an upload that is aborted while a part is on its way closes its body`, async () => {
    const stop = new AbortController();
    const enough = new Error('enough');
    const part = ({ signal }: RequestInit): Promise<Response> =>
      new Promise((_, reject) => {
        signal!.addEventListener('abort', () => reject(signal!.reason as Error));
        stop.abort(enough);
      });
    const { store, client } = openService(name, { part });
    const { body, closed } = endless();
    await rejects(store.put('a', body, { signal: stop.signal }), (error) => error === enough);
    ok(await soon(closed), 'a closed body');
    await client.close();
  });
}

test('a stream that gives nothing more is cancelled when a part is refused', async () => {
  let tell = (): void => {};
  const waited = new Promise<void>((resolve) => (tell = resolve));
  const { store, client } = openService('s3', { part: () => waited.then(refused) });
  let chunks = 0;
  const cancelled: unknown[] = [];
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (chunks++ < 16) return controller.enqueue(new Uint8Array(MiB));
        tell();
        return new Promise(() => {});
      },
      cancel: (reason) => void cancelled.push(reason),
    },
    { highWaterMark: 0 },
  );
  await rejects(store.put('a', body), 'PermissionDenied');
  ok(await soon(() => cancelled.length > 0), 'a cancelled stream');
  equal(cancelled.length, 1);
  await client.close();
});
