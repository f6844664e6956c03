/** Every recorded `.octue` file on a disk, through datasets: what is read of the dataset and of its files. */
import { openDataset } from '../../src/data/dataset/open-dataset.ts';
import { formatJson } from '../../src/data/json-write.ts';
import { isMetadataHash } from '../../src/data/metadata-hash.ts';
import { fromBase64 } from '../../src/util/base64.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { withSetting } from '../unit/data/datafile/places.ts';
import { errors, malformed, scenarios as all } from './octue-recorded.ts';

const scenarios = all.filter(([, { reload_datasets: datasets }]) => Object.keys(datasets).length);

test('local-octue-files: there are datasets', () => ok(scenarios.length > 25, `${scenarios.length} scenarios`));

for (const [name, { files, reload_datasets: datasets }] of scenarios)
  test(`local-octue-files, datasets: ${name}`, () =>
    withSetting('mem', async ({ client, disk, folder, putLocal, warnings }) => {
      for (const [path, content] of Object.entries(files)) {
        if (path.endsWith('.octue')) await putLocal(`${name}/${path}`, content);
        else await disk.write(`${folder}/${name}/${path}`, bytesOf(content));
      }
      for (const [below, want] of Object.entries(datasets)) {
        const path = below === '.' ? `${folder}/${name}` : `${folder}/${name}/${below}`;
        warnings.length = 0;
        if (want.error_type && !malformed.has(name)) {
          const wanted = errors[want.error_type] ?? 'CloudError';
          await rejects(openDataset(path, { client }), (error: Error & { code?: string }) => {
            return error.name === wanted && error.code === 'InvalidArgument';
          });
          continue;
        }
        const dataset = await openDataset(path, { client });
        equal(warnings.length, malformed.has(name) ? 1 : 0, 'warned of once');
        if (want.error_type) continue;
        if (!want.id.startsWith('<')) equal(dataset.id, want.id);
        equal([dataset.name, formatJson(dataset.tags), [...dataset.labels]], [want.name, want.tags_json, want.labels_sorted]);
        equal([...dataset].map((file) => file.path.slice(path.length + 1)).sort(), want.files);
        equal(await dataset.hashValue(), want.hash_value);
        const { id, tags, labels } = dataset;
        const about = { id, name: dataset.name, tags, labels, path };
        // That of several labels depends on Python's process.
        if (!want.metadata_hash_value.startsWith('<')) ok(isMetadataHash(want.metadata_hash_value, about), 'the metadata hash');
      }
    }));

async function* bytesOf(content: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield fromBase64(content);
}
