/** What things cost in requests: exact, so that a change that costs more is seen. */
import { equal, ok } from '../../../harness.ts';
import { everywhere, probeRequests, requestsOf, type CloudKind } from './places.ts';

const remote: readonly CloudKind[] = ['gcs', 's3'];

everywhere(
  'an opening is 1 request, a download 1, a first upload 1',
  async (setting) => {
    const { open, store, cloud, putLocal, folder, log, clearLog, client } = setting;
    await store.put('a', 'hello', { metadata: { octue__labels: '["l"]' } });
    // Pages ask for leave first.
    const methods = async (): Promise<string[]> =>
      (await log!()).requests.map(({ method }) => method).filter((method) => method !== 'OPTIONS');
    await clearLog!();
    const datafile = await open(`${cloud}/a`);
    equal((await methods()).length, 1);
    equal(await requestsOf(setting, async () => [datafile.sizeBytes, await datafile.cloudHashValue(), datafile.metadataHashValue()]), 0);
    await clearLog!();
    await datafile.download(`${folder}/a`);
    equal(await methods(), ['GET']);
    equal(await requestsOf(setting, () => datafile.open('r', (file) => file.read())), 0, 'the copy is read');
    equal(await requestsOf(setting, () => datafile.download()), 0);

    const local = await open(await putLocal('b', 'hello'), { labels: ['l'] });
    await clearLog!();
    await local.upload(`${cloud}/b`);
    equal((await methods()).length, 1);
    const { bytesSent } = client.stats();
    equal(await requestsOf(setting, () => local.upload()), 0, 'nothing changed since');
    equal(await requestsOf(setting, () => local.open('a', () => {})), 0, 'nor here');
    equal(client.stats().bytesSent, bytesSent);
  },
  remote,
);

everywhere(
  'reading and writing again',
  async (setting) => {
    const { open, store, cloud, client, clearLog, log } = setting;
    await store.put('a', 'hello', { metadata: { octue__labels: '["l"]' } });
    equal(await requestsOf(setting, async () => (await open(`${cloud}/a`)).open('r', (file) => file.read())), 2, 'HEAD and GET');
    await clearLog!();
    equal(
      await requestsOf(setting, async () => (await open(`${cloud}/a`)).open('w', (file) => file.write('new'))),
      2 + probeRequests(setting),
      'HEAD and PUT',
    );
    ok(
      (await log!()).requests.every(({ method, path }) => method !== 'GET' || !path.includes('download')),
      'nothing is brought to be overwritten',
    );
    equal(await requestsOf(setting, async () => (await open(`${cloud}/a`)).open('a', (file) => file.write('er'))), 3);
    equal(await requestsOf(setting, async () => (await open(`${cloud}/none`)).open('w', (file) => file.write('x'))), 2);
    equal(await requestsOf(setting, async () => (await open(`${cloud}/none2`)).open('a', (file) => file.write('x'))), 2);
    const datafile = await open(`${cloud}/a`);
    const { bytesSent } = client.stats();
    await datafile.open('r+', async (file) => file.write('newer'));
    equal(client.stats().bytesSent, bytesSent, 'equal content is not sent');
    await store.put('big', new Uint8Array(100_000));
    const changed = await open(`${cloud}/big`);
    changed.addLabels('l');
    const before = client.stats();
    await changed.updateMetadata();
    const { bytesSent: sent, bytesReceived: received } = client.stats();
    ok(sent - before.bytesSent < 5000 && received - before.bytesReceived < 5000, 'metadata travel without the content');
  },
  remote,
);

everywhere(
  'metadata of an object on GCS: 1 request',
  async (setting) => {
    const { open, store, cloud } = setting;
    await store.put('a', 'hello');
    const datafile = await open(`${cloud}/a`);
    datafile.addLabels('l');
    equal(await requestsOf(setting, () => datafile.updateMetadata()), 1 + probeRequests(setting));
    datafile.addLabels('m');
    equal(await requestsOf(setting, () => datafile.updateMetadata()), 1);
    equal(await requestsOf(setting, () => datafile.upload(`${cloud}/b`)), 1, 'a copy');
    datafile.addLabels('n');
    equal(await requestsOf(setting, () => datafile.upload()), 1);
  },
  ['gcs'],
);
