/** Files in stores: what is sent, under which condition, and what stays of an object that is changed. */
import { Client } from '../../../../src/index.ts';
import type { RequestEvent } from '../../../../src/index.ts';
import { openForReading } from '../../../../src/hdf5/file/open.ts';
import { openForWriting } from '../../../../src/hdf5/write/open.ts';
import { inFewEngines, need, uniqueName } from '../../../env.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { plain } from './any-type.ts';

const MiB = 0x10_0000;

interface Place {
  client: Client;
  url: string;
  sent: RequestEvent[];
}

function s3(name: 'versitygw' | 'minio'): Place {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = need(name);
  const sent: RequestEvent[] = [];
  const onRequest = (event: RequestEvent): void => void sent.push(event);
  const client = new Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, onRequest });
  return { client, url: `s3://${bucket}/${uniqueName('hdf5')}/a.h5`, sent };
}

function gcs(): Place {
  const { endpoint, bucket } = need('fake-gcs');
  const sent: RequestEvent[] = [];
  const onRequest = (event: RequestEvent): void => void sent.push(event);
  return { client: new Client({ endpoint, credentials: 'anonymous', onRequest }), url: `gs://${bucket}/${uniqueName('hdf5')}/a.h5`, sent };
}

const bytesSent = ({ sent }: Place): number => sent.reduce((sum, event) => sum + event.bytesSent, 0);

for (const [name, open] of Object.entries({ versitygw: () => s3('versitygw'), minio: () => s3('minio'), 'fake-gcs': gcs })) {
  test(`hdf5 write on ${name}: made, made only once, changed, and never over what others wrote`, async () => {
    const place = open();
    const { client, url } = place;
    const file = await openForWriting(url, { mode: 'x', client, metadata: { by: 'test' }, cacheControl: 'no-cache' });
    await file.createDataset('/x', { data: [1, 2], maxShape: [null] });
    const published = (await file.close())!;
    equal([published.url, published.etag !== undefined || published.generation !== undefined], [url, true]);
    // one to see that nothing is there, one to send
    equal(place.sent.length <= 3, true, `${place.sent.length} requests`);
    await rejects(openForWriting(url, { mode: 'x', client }), 'AlreadyExists');

    const one = await openForWriting(url, { mode: 'r+', client });
    const two = await openForWriting(url, { mode: 'a', client });
    await (await one.dataset('/x')).append([3]);
    await (await two.dataset('/x')).append([4]);
    await one.close();
    await rejects(two.close(), 'PreconditionFailed');
    await two.abort();
    const read = await openForReading(url, { client });
    equal(plain(await (await read.dataset('/x')).read()), [1, 2, 3]);
    await read.close();
    const info = (await client.store(url.slice(0, url.lastIndexOf('/'))).head('a.h5'))!;
    // pages are not shown all headers
    if (info.metadata['by'] !== undefined) equal(info.metadata, { by: 'test' });
    equal(info.contentType, 'application/x-hdf5');
    await client.close();
  });
}

for (const name of ['versitygw', 'minio'] as const) {
  test(
    `hdf5 write on ${name}: of a large file only what was changed is sent`,
    async () => {
      inFewEngines('16 MiB');
      const place = s3(name);
      const { client, url } = place;
      const rows = 4096;
      const file = await openForWriting(url, { mode: 'w', client });
      const x = await file.createDataset('/x', { dtype: '<f4', shape: [0, 1024], maxShape: [null, 1024], chunks: [64, 1024] });
      for (let row = 0; row < rows; row += 1024) await x.append(Float32Array.from({ length: 1024 * 1024 }, (_, i) => row + i));
      const { sizeBytes } = (await file.close())!;
      ok(sizeBytes > 16 * MiB, `${sizeBytes} bytes`);
      place.sent.length = 0;
      const again = await openForWriting(url, { mode: 'r+', client });
      const dataset = await again.dataset('/x');
      await dataset.write(new Float32Array(1024).fill(-1), [[3000, 3001]]);
      await again.setAttr('edited', true);
      await again.close();
      // a part around the values, one around the root
      const sent = bytesSent(place);
      ok(sent < 12 * MiB, `${sent} bytes sent of ${sizeBytes}`);
      const read = await openForReading(url, { client });
      const values = await (
        await read.dataset('/x')
      ).slice([
        [2999, 3002],
        [0, 2],
      ]);
      equal(
        [plain(values), await read.attrs()],
        [[2048 + 951 * 1024, 2049 + 951 * 1024, -1, -1, 2048 + 953 * 1024, 2049 + 953 * 1024], { edited: true }],
      );
      await read.close();
      await client.close();
    },
    { timeoutMs: 60_000 },
  );
}
