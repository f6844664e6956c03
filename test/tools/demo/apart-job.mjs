// A client in a thread of its own, a client without a key that asks a signer, and an array that zarrita writes and reads through an adapter.
import { createServer } from 'node:http';
import { Worker } from 'node:worker_threads';

const side = 64;
const chunk = 16;

/** A server with a handler of Requests. @returns its address, how often it was asked, and what ends it */
async function serve(handler) {
  let asked = 0;
  const server = createServer(async (message, response) => {
    asked++;
    const chunks = [];
    for await (const piece of message) chunks.push(piece);
    const { method, headers } = message;
    const answer = await handler(new Request(`http://localhost${message.url}`, { method, headers, body: Buffer.concat(chunks) }));
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/sign`,
    asked: () => asked,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/**
 * Runs it.
 *
 * @param anyfile the module `anyfile`
 * @param options of clients: endpoint, region, credentials
 * @param place URL of the bucket
 * @param files that are in it, with what they hold
 * @returns figures, what the clients counted together, and `wrong`: one line for everything that differs
 */
export async function runApartJob({ Client, isCloudError }, options, place, files) {
  // no package is there yet when this file is loaded
  const [{ connectClient }, { createRemoteSigner, createSignerHandler }, { createZarrStore }, zarr] = await Promise.all([
    import('anyfile/worker'),
    import('anyfile/signer'),
    import('anyfile/adapters/zarrita'),
    import('zarrita'),
  ]);
  const total = { requests: 0, retries: 0, bytesSent: 0, bytesReceived: 0 };
  const wrong = [];
  const count = (stats) => {
    for (const field of Object.keys(total)) total[field] += stats[field];
    return stats;
  };
  const rightOf = (what, records) => {
    const right = records.filter(({ content, verified }, i) => verified && content && Buffer.compare(content, files[i].bytes) === 0).length;
    if (right !== files.length) wrong.push(`${what}: ${right} of ${files.length} files came as they are`);
    return right;
  };
  const keys = files.map(({ key }) => key);

  async function inThread() {
    const start = performance.now();
    const thread = new Worker(new URL('client-worker.mjs', import.meta.url));
    const client = await connectClient(thread, options);
    try {
      const right = rightOf('through a thread', await client.files(place).get(keys));
      const { requests } = count(await client.stats());
      return { right, requests, seconds: (performance.now() - start) / 1000 };
    } finally {
      await client.close();
      await thread.terminate();
    }
  }

  async function withoutKey() {
    const { credentials, endpoint, region } = options;
    const handler = createSignerHandler({
      allow: [{ url: `${place}/${keys[0].replace(/[^/]*$/, '')}`, operations: ['read'] }],
      credentials,
      endpoint,
      region,
      authorize: (request) => request.headers.get('authorization') === 'Bearer of-this-run' || null,
    });
    const signer = await serve(handler);
    const client = new Client({
      endpoint,
      region,
      credentials: createRemoteSigner({ url: signer.url, headers: { authorization: 'Bearer of-this-run' } }),
    });
    try {
      const right = rightOf('signed elsewhere', await client.files(place).get(keys));
      const asked = signer.asked();
      const refusal = await client
        .files(place)
        .get('other/file.csv')
        .then(
          () => 'nothing: it was let in',
          (error) => (isCloudError(error) ? error.code : String(error)),
        );
      if (refusal !== 'PermissionDenied') wrong.push(`a place that no rule names got ${refusal}`);
      return { right, asked, refusal, requests: count(client.stats()).requests };
    } finally {
      await client.close();
      await signer.close();
    }
  }

  async function array() {
    const client = new Client(options);
    const store = createZarrStore(`${place}/arrays/plane.zarr`, { client });
    try {
      const root = zarr.root(store).resolve('/height');
      const made = await zarr.create(root, { shape: [side, side], chunkShape: [chunk, chunk], dtype: 'float64' });
      const values = Float64Array.from({ length: side * side }, (_, i) => Math.sin(i / 7) * i);
      await zarr.set(made, null, { data: values, shape: [side, side], stride: [side, 1] });
      const before = client.stats();
      const opened = await zarr.open(root, { kind: 'array' });
      const { data } = await zarr.get(opened, [zarr.slice(20, 30), zarr.slice(20, 30)]);
      const after = count(client.stats());
      const right = data.every((value, i) => value === values[(20 + Math.floor(i / 10)) * side + 20 + (i % 10)]);
      if (!right || data.length !== 100) wrong.push('a corner of an array in Zarr differs');
      return { right, requests: after.requests - before.requests, bytes: after.bytesReceived - before.bytesReceived };
    } finally {
      await store.close();
      await client.close();
    }
  }

  return { thread: await inThread(), signer: await withoutKey(), zarr: await array(), files: files.length, side, total, wrong };
}
