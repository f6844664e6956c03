/** `transferTo({ resumable })`: large files of a disk that go on where an earlier call was stopped. */
import { Client, openUploadJournal } from '../../../src/index.ts';
import type { CloudFiles, ObjectStore, RequestEvent, UploadJournal } from '../../../src/index.ts';
import { inFewEngines, need, uniqueName } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { openPlace, type Place } from '../../parity/cloudfiles-places.ts';
import { isPage } from '../data/datafile/places.ts';
import { MiB, memoryRecords, noise, openUploads } from '../uploads/upload-places.ts';

const partBytes = 5 * MiB;

interface Rig {
  here: Place;
  journal: UploadJournal;
  /** Requests that the last client has ended. */
  requests: RequestEvent[];
  /** The same place in the bucket by another client, as after a restart; told of each request that ends. */
  there(onRequest?: (event: RequestEvent) => void): { to: CloudFiles; store: ObjectStore };
}

async function withRig(use: (rig: Rig) => Promise<void>): Promise<void> {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = need('versitygw');
  const folder = uniqueName('resumable');
  const here = await openPlace(isPage() ? 'opfs' : 'file');
  const clients: Client[] = [];
  const requests: RequestEvent[] = [];
  try {
    await use({
      here,
      journal: openUploadJournal({ records: memoryRecords() }),
      requests,
      there(tell) {
        requests.length = 0;
        const onRequest = (event: RequestEvent): void => {
          requests.push(event);
          tell?.(event);
        };
        // one part at a time
        const client = new Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, concurrency: 1, onRequest });
        clients.push(client);
        const url = `s3://${bucket}/${folder}`;
        return { to: client.files(url), store: client.store(url) };
      },
    });
  } finally {
    for (const client of clients) await client.close();
    await here.close();
  }
}

const sentBytes = (requests: readonly RequestEvent[]): number => requests.reduce((sum, one) => sum + one.bytesSent, 0);

/** Begins a transfer and stops it when a first part is there. */
async function stopInTheMiddle({ here, journal, there }: Rig): Promise<void> {
  const stop = new AbortController();
  const reason = new Error('the machine is switched off');
  const { to } = there((event) => {
    if (event.bytesSent >= partBytes && event.status === 200) stop.abort(reason);
  });
  const from = new Client({ concurrency: 1 });
  const stopped = from.files(here.url).transferTo(to, { paths: ['large'], resumable: journal, partBytes, signal: stop.signal });
  await rejects(stopped, (error: unknown) => error === reason);
  await from.close();
  equal([await to.exists('large'), (await journal.list()).length], [false, 1], 'nothing under its name, one in the journal');
}

test('a transfer that was stopped goes on by another client: at most one part is sent again', () =>
  withRig(async (rig) => {
    const { here, journal, requests, there } = rig;
    const bytes = noise(3 * partBytes - 7);
    await here.cf.put('large', bytes);
    await here.cf.put('large|zarr:', bytes.subarray(0, partBytes + 1));
    await here.cf.put('small', 'x');
    await stopInTheMiddle(rig);
    const { to, store } = there();
    const options = { resumable: journal, partBytes };
    equal(await here.cf.transferTo(to, { ...options, paths: ['large', 'small', { path: 'large|zarr:', destPath: 'other' }] }), 3);
    const sent = sentBytes(requests.filter(({ url }) => url.endsWith('/large')));
    ok(sent <= 2 * partBytes + 10_000, `${sent} bytes sent by the second, of ${bytes.length}`);
    equal(await to.size('other'), partBytes + 1, 'a name that looks like the other one');
    sameBytes(await to.get('large'), bytes);
    equal([await journal.list(), await openUploads(store, 'large')], [[], []]);
    await to.delete(['large', 'small', 'other']);
  }));

for (const what of ['the file', 'its type'] as const)
  test(`a transfer that was stopped begins anew where ${what} is another by now, and leaves nothing old`, () =>
    withRig(async (rig) => {
      inFewEngines('megabytes that go twice');
      const { here, journal, there } = rig;
      let bytes = noise(2 * partBytes - 7);
      await here.cf.put('large', bytes);
      await stopInTheMiddle(rig);
      if (what === 'the file') await here.cf.put('large', (bytes = noise(2 * partBytes - 7, 2)));
      const { to, store } = there();
      const contentType = what === 'its type' ? 'text/x-other' : undefined;
      await here.cf.transferTo(to, { paths: ['large'], resumable: journal, partBytes, contentType });
      sameBytes(await to.get('large'), bytes);
      if (contentType) equal((await to.head('large'))?.contentType, contentType);
      equal([await journal.list(), await openUploads(store, 'large')], [[], []]);
      await to.delete('large');
    }));
