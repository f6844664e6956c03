// Uploads of pages: a frame that goes in the middle, files of the origin's own disk that change or vanish, handles that are kept.
import { Client, openStore, openUploadJournal } from '../../src/index.ts';
import type { ClientOptions, UploadJob, UploadJournal, UploadSource } from '../../src/index.ts';
import { startJob } from '../../src/uploads/job.ts';
import { openSource } from '../../src/uploads/source.ts';
import { env, uniqueName } from '../env.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../harness.ts';
import { leastOf, noise, openPlace, openUploads } from '../unit/uploads/upload-places.ts';

const partBytes = leastOf('fixture');
const sizeBytes = 10 * partBytes + 1;

/** What a frame is told. */
interface Order {
  readonly client: ClientOptions;
  readonly url: string;
  readonly journal: string;
}

const chosen = (): File => new File([noise(sizeBytes)], 'a.bin', { lastModified: 1234 });

function start(
  { client, url, journal }: Order,
  source: UploadSource,
  to: { records: UploadJournal['records'] },
  concurrency = 2,
): UploadJob {
  const store = new Client(client).store(url);
  const opened = (signal: AbortSignal): ReturnType<typeof openSource> => openSource(source, { signal });
  return startJob({ id: journal, store, key: 'a', options: {}, partBytes, concurrency, records: to.records, source: opened });
}

const dropDatabase = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new Error(String(request.error)));
  });

const given = env() as { upload?: Order };

if (given.upload) {
  const order = given.upload;
  const channel = new BroadcastChannel(order.journal);
  const job = start(order, chosen(), openUploadJournal({ name: order.journal }));
  job.done.catch((error: unknown) => channel.postMessage({ error: String(error) }));
  void (async () => {
    for await (const { parts } of job.progress) channel.postMessage({ parts });
  })();
} else {
  test('upload in a frame that goes: its page is refused while it is there, then sends what is missing', async () => {
    if (env().worker) skip('a worker has no frames');
    const place = await openPlace('fixture', [{ match: { operation: 'UploadPart', nth: 6, times: 99 }, fault: { type: 'headStall' } }]);
    const { endpoint, region, credentials } = place.server!;
    const name = uniqueName('uploads');
    const order: Order = { client: { endpoint, region, credentials }, url: place.store.url, journal: name };
    const channel = new BroadcastChannel(name);
    const fiveParts = new Promise<void>((resolve, reject) => {
      channel.onmessage = ({ data }: MessageEvent<{ parts?: number; error?: string }>) => {
        if (data.error) reject(new Error(data.error));
        else if (data.parts === 5) resolve();
      };
    });
    const frame = document.createElement('iframe');
    const told = JSON.stringify({ ...env(), upload: order }).replaceAll('<', '\\u003c');
    frame.srcdoc = `<script type="module">globalThis.__ANYFILE_ENV__ = ${told}; await import(${JSON.stringify(import.meta.url)})</script>`;
    document.body.append(frame);
    await fiveParts;
    const journal = openUploadJournal({ name });
    const [pending] = await journal.list();
    equal([pending!.key, pending!.url, pending!.source.kind], ['a', place.store.url, 'repick']);
    await rejects(journal.resume(pending!.id, chosen(), { store: place.store }), 'PreconditionFailed');
    frame.remove();
    channel.close();
    await place.server!.update({ faults: [] });
    // what it still had on its way ends
    const { requests: before } = await place.server!.log();
    const there = before.filter(({ operation, status }) => operation === 'UploadPart' && status === 200).length;

    let job: UploadJob | undefined;
    for (let tries = 0; !job; tries++)
      job = await journal.resume(pending!.id, chosen(), { store: place.store }).catch(async (error: unknown) => {
        // its lock goes a moment after it
        if (tries === 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
        return undefined;
      });
    equal((await job.done).sizeBytes, sizeBytes);
    const { requests } = await place.server!.log();
    const parts = requests.filter(({ operation, status }) => operation === 'UploadPart' && status === 200);
    equal([there, parts.length], [5, 11], 'no part is sent twice');
    equal(
      parts.reduce((sum, { bodyLength }) => sum + bodyLength, 0),
      sizeBytes,
    );
    sameBytes(await (await place.store.get('a'))!.bytes(), noise(sizeBytes));
    equal([await journal.list(), await openUploads(place.store, 'a')], [[], []]);
    await place.close();
    await dropDatabase(name);
  });

  for (const how of ['path', 'file'] as const)
    for (const what of ['changes', 'is deleted'] as const)
      test(`upload of a ${how} of the origin's disk that ${what} meanwhile: an error, no object, nothing left`, async () => {
        const place = await openPlace('fixture', [{ match: { operation: 'UploadPart', nth: 2 }, fault: { type: 'delayMs', ms: 300 } }]);
        const { endpoint, region, credentials } = place.server!;
        const disk = openStore('opfs:///');
        const name = uniqueName('source');
        await disk.put(name, noise(6 * partBytes));
        const root = await navigator.storage.getDirectory();
        const source = how === 'path' ? `/${name}` : await (await root.getFileHandle(name)).getFile();
        const journal = openUploadJournal({ name });
        const order = { client: { endpoint, region, credentials }, url: place.store.url, journal: name };
        const job = start(order, source, journal, 1);
        job.done.catch(() => {});
        for await (const { parts } of job.progress) if (parts === 1) break;
        if (what === 'changes') await disk.put(name, noise(6 * partBytes + 4, 7));
        else await disk.delete(name);
        const began = performance.now();
        await rejects(job.done, 'ObjectChanged');
        ok(performance.now() - began < 10_000, 'within ten seconds');
        equal([await place.store.head('a'), await openUploads(place.store, 'a'), await journal.list()], [null, [], []]);
        await disk.delete(name);
        await place.close();
        await dropDatabase(name);
      });

  test('upload from a handle: kept, and taken up without choosing the file again', async () => {
    const place = await openPlace('fixture', [{ match: { operation: 'UploadPart', nth: 4, times: 9 }, fault: { type: 'headStall' } }]);
    const { endpoint, region, credentials } = place.server!;
    const name = uniqueName('handle');
    const disk = openStore('opfs:///');
    await disk.put(name, noise(6 * partBytes));
    const handle = await (await navigator.storage.getDirectory()).getFileHandle(name);
    const journal = openUploadJournal({ name });
    const job = start({ client: { endpoint, region, credentials }, url: place.store.url, journal: name }, handle, journal);
    for await (const { parts } of job.progress) if (parts === 3) break;
    await job.pause();
    await rejects(job.done, (error: DOMException) => error.name === 'AbortError');
    await place.server!.update({ faults: [] });
    const [pending] = await openUploadJournal({ name }).list();
    ok(['handle', 'opfs'].includes(pending!.source.kind), pending!.source.kind);
    const again = await openUploadJournal({ name }).resume(pending!.id, undefined, { store: place.store });
    await again.done;
    sameBytes(await (await place.store.get('a'))!.bytes(), noise(6 * partBytes));
    equal(await journal.list(), []);
    await disk.delete(name);
    await place.close();
    await dropDatabase(name);
  });
}
