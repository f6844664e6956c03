/** Clearing what was kept of the web. */
import { Client } from '../../../../src/index.ts';
import { need } from '../../../env.ts';
import { equal, test } from '../../../harness.ts';
import { openScenario } from '../../../servers/fixture/client.ts';

test('what is kept of the web is cleared by its URL, with the query or without, whatever its name', async () => {
  need('fixture');
  const text = (of: string) => ({ text: of, etag: true });
  const files = { '/d/a.txt': text('a'), '/d/ä 1.txt': text('umlaut'), '/other.txt': text('o') };
  const { endpoint, close } = await openScenario('http', { files, cors: true });
  const client = new Client({ cache: { container: 'memory', freshness: 'immutable' } });
  try {
    const store = client.store(endpoint);
    const read = async (key: string): Promise<number> => {
      const before = client.stats().requests;
      await (await store.get(key))!.bytes();
      return client.stats().requests - before;
    };
    const readAll = async (): Promise<number[]> => {
      const requests: number[] = [];
      for (const key of keys) requests.push(await read(key));
      return requests;
    };
    const keys = ['d/a.txt?token=1', 'd/ä 1.txt', 'other.txt'];
    await readAll();
    equal(await readAll(), [0, 0, 0]);
    await client.clearCache({ prefix: `${endpoint}/d/a.txt?token=1` });
    equal(await readAll(), [1, 0, 0], 'one object');
    await client.clearCache({ prefix: `${endpoint}/d/ä 1.txt` });
    equal(await readAll(), [0, 1, 0], 'a name that goes out otherwise than it is written');
    await client.clearCache({ prefix: `${endpoint}/d` });
    equal(await readAll(), [1, 1, 0], 'a folder');
  } finally {
    await client.close();
    await close();
  }
});
