/** The blocks of code of the pages that say that they run in a page: as they stand, in pages and in workers. */
import hdf5Page from '../../docs/hdf5.md';
import startPage from '../../docs/start/page.md';
import readme from '../../README.md';
import * as hdf5 from '../../src/hdf5.ts';
import * as anyfile from '../../src/index.ts';
import * as sign from '../../src/sign.ts';
import { runBlock } from '../guide-page.ts';
import { ok, test } from '../harness.ts';
import { fencesOf } from '../markdown.ts';
import { openScenario } from '../servers/fixture/client.ts';

const pages = { 'README.md': readme, 'docs/hdf5.md': hdf5Page, 'docs/start/page.md': startPage };
const modules = { anyfile, 'anyfile/hdf5': hdf5, 'anyfile/sign': sign };
const region = 'eu-central-1';

for (const [page, text] of Object.entries(pages)) {
  const blocks = fencesOf(text).filter(({ words }) => words.includes('page'));
  test(`${page}: blocks of lines ${blocks.map(({ line }) => line).join(', ')}`, async () => {
    ok(blocks.length > 0, 'a block to run');
    const { endpoint, credentials, close } = await openScenario('s3', { region, buckets: ['my-bucket'] });
    const client = new anyfile.Client({ endpoint, region, credentials });
    try {
      await client.files('s3://my-bucket').puts([
        ['data/table.csv', 'time,power\n00:00,120\n'],
        ['data/big.bin', new Uint8Array(100_000)],
      ]);
      const scan = await hdf5.openHdf5('s3://my-bucket/scan.h5', { mode: 'w', client });
      await scan.createDataset('/entry/data/image', { data: new Float32Array(64 * 64), shape: [64, 64] });
      await scan.close();
      // The service of the app that hands out keys; everything else is the engine's own.
      const ask: typeof fetch = async (input, init) =>
        typeof input === 'string' && input === '/short-lived-keys' ? Response.json(credentials) : fetch(input, init);
      const element = { textContent: '', value: 0, addEventListener: (_: string, listener: () => unknown): unknown => listener() };
      const file = new File(['from the reader\n'], 'notes.txt');
      const document = { querySelector: (selector: string) => (selector === 'input' ? { ...element, files: [file] } : element) };
      for (const { text: block, line } of blocks) {
        // Where the service is.
        const placed = block.replaceAll(`region: '${region}'`, `region: '${region}', endpoint: ${JSON.stringify(endpoint)}`);
        try {
          await runBlock(placed, modules, { fetch: ask, document });
        } catch (error) {
          throw new Error(`${page}:${line}`, { cause: error });
        }
      }
    } finally {
      await client.close();
      await close();
    }
  });
}
