/** What a page is not shown of an object it does not replace. */
import { Client, openDatafile } from '../../src/index.ts';
import { env } from '../env.ts';
import { equal, ok, rejects, skip, test } from '../harness.ts';
import { openScenario } from '../servers/fixture/client.ts';

const octue = ['id', 'timestamp', 'tags', 'labels', 'sdk_version'].map((name) => `x-amz-meta-octue__${name}`);

async function inPage(
  expose: string[],
  use: (client: Client, url: string, written: () => Promise<string[]>) => Promise<void>,
): Promise<void> {
  if (!['chromium', 'firefox', 'webkit'].includes(env().engine)) skip('no page');
  const objects = [
    { key: 'dir/a', text: 'old', metadata: { octue__tags: '{"n": 1}' } },
    { key: 'dir/b', text: 'old' },
  ];
  const scenario = await openScenario('s3', { objects, cors: { expose: ['ETag', 'Date', ...expose] } });
  const { endpoint, region, credentials, bucket, log, close } = scenario;
  const client = new Client({ endpoint, region, credentials, retry: { attempts: 1 } });
  const written = async (): Promise<string[]> =>
    (await log()).requests.filter(({ method }) => method === 'PUT' || method === 'DELETE').map(({ method, path }) => `${method} ${path}`);
  try {
    await use(client, `s3://${bucket}/dir`, written);
  } finally {
    await client.close();
    await close();
  }
}

test('a page that is not shown the metadata of objects replaces none, content or metadata', () =>
  inPage([], async (client, url, written) => {
    const datafile = await openDatafile(`${url}/a`, { client });
    equal(datafile.tags, {}, 'hidden');
    datafile.tags = { mine: 1 };
    await rejects(datafile.updateMetadata(), 'NotSupported');
    await rejects(
      datafile.open('w', (file) => file.write('new')),
      'NotSupported',
    );
    ok(
      (await written()).every((one) => one.includes('.anyfile-probe-')),
      (await written()).join(),
    );
    const fresh = await openDatafile(`${url}/new`, { client, tags: { mine: 1 } });
    await fresh.open('w', (file) => file.write('new'));
    ok(
      (await written()).some((one) => one.endsWith('dir/new')),
      'what is not there is not hidden',
    );
  }));

test('a page that is shown them looks once, and leaves nothing behind', () =>
  inPage(octue, async (client, url, written) => {
    for (const name of ['b', 'b']) {
      const datafile = await openDatafile(`${url}/${name}`, { client });
      await datafile.open('w', (file) => file.write(String(Math.random())));
    }
    const probes = (await written()).filter((one) => one.includes('.anyfile-probe-'));
    equal(
      probes.map((one) => one.split(' ')[0]),
      ['PUT', 'DELETE'],
    );
    equal((await client.dataset(url)).size, 2);
  }));
