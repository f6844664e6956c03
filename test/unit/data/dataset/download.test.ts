/** Downloading datasets: the layout, the records, again, and what must not happen. */
import type { ProgressEvent } from '../../../../src/store/options.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { withScenario } from '../../../servers/fixture/client.ts';
import { allKinds, below, everywhere, named, ownKinds, tree, withRig, type Rig } from './rig.ts';

const sorted = Object.keys(tree).sort();
const remote = ownKinds.filter((kind) => kind !== 'mem');
const at = (prefix: string): Record<string, string> =>
  Object.fromEntries(Object.entries(tree).map(([name, text]) => [`${prefix}/${name}`, text]));

/** Puts the tree into the cloud, with metadata on two files and a record. */
async function seed({ putObjects, store, openDs, cloud }: Rig): Promise<void> {
  await putObjects(at('ds'));
  await store.put('ds/b.txt', 'two', { metadata: { octue__labels: '["top"]', octue__tags: '{"f": 1.0}' } });
  await store.put('ds/sub/a.csv', 'three', { metadata: { octue__labels: '["below"]' } });
  await (await openDs(`${cloud}/ds`, { name: 'n', labels: ['d'] })).updateMetadata();
}

everywhere(
  'the layout, and a record in each folder',
  async (rig) => {
    const { openDs, cloud, folder, localTree, octue } = rig;
    await seed(rig);
    const dataset = await openDs(`${cloud}/ds`);
    const events: ProgressEvent[] = [];
    equal(await dataset.download(`${folder}/here`, { progress: (event) => void events.push(event) }), `${folder}/here`);
    equal(await localTree('here'), Object.fromEntries(sorted.map((name) => [name, tree[name]])));
    equal(
      events.map(({ operation, doneFiles, totalFiles }) => [operation, doneFiles, totalFiles]),
      [1, 2, 3, 4].map((n) => ['download', n, 4]),
    );
    equal(events.at(-1)!.doneBytes, 15);
    const [top, sub, deep] = [await octue('here'), await octue('here/sub'), await octue('here/sub/deep')];
    equal(
      [Object.keys(top.datafiles!), Object.keys(sub.datafiles!), Object.keys(deep.datafiles!)],
      [['a.csv', 'b.txt'], ['a.csv'], ['c.csv']],
    );
    equal([top.dataset!['name'], top.dataset!['id'], top.dataset!['labels'], sub.dataset], ['n', dataset.id, ['d'], undefined]);
    equal([dataset.path, dataset.existsInCloud], [`${cloud}/ds`, true]);
    ok(
      [...dataset].every((one) => one.existsLocally && one.existsInCloud),
      'its files are in both places',
    );
    const local = await openDs(`${folder}/here`);
    equal([local.id, local.name, [...local.labels], below(local)], [dataset.id, 'n', ['d'], sorted]);
    equal([local.getFileByLabel('top').tags['f']?.valueOf(), local.getFileByLabel('below').path], [1, `${folder}/here/sub/a.csv`]);
    equal([await local.hashValue(), local.metadataHashValue()], [await dataset.hashValue(), dataset.metadataHashValue()]);
    const ids = (files: typeof local): string[] => [...files].map(({ id }) => id).sort();
    equal(ids(local).length, 4);
    ok(
      ids(local).every((id) => ids(dataset).includes(id)),
      'the files keep their ids',
    );
  },
  allKinds,
);

everywhere('without a folder it goes to one of its own', async (rig) => {
  await seed(rig);
  const { openDs, cloud, folder } = rig;
  const dataset = await openDs(`${cloud}/ds`);
  const [first, second] = [await dataset.download(), await (await openDs(`${cloud}/ds`)).download()];
  ok(first !== second && !first.startsWith(folder), `${first} ${second}`);
  equal(await dataset.getFileByLabel('below').open('r', (file) => file.read()), 'three');
  equal(
    [...dataset].map(({ path }) => path).sort(),
    sorted.map((name) => `${first}/${name}`),
  );
});

everywhere(
  'the same again brings no content, and goes on where one broke off',
  async (rig) => {
    const { openDs, cloud, folder, client, disk, localTree } = rig;
    await seed(rig);
    await (await openDs(`${cloud}/ds`)).download(folder);
    const dataset = await openDs(`${cloud}/ds`);
    const before = client.stats().requests;
    await dataset.download(folder);
    equal(client.stats().requests - before, 0, 'what is there is known by its hash');
    await disk.remove(`${folder}/sub/a.csv`);
    await (await openDs(`${cloud}/ds`)).download(folder);
    equal((await localTree())['sub/a.csv'], 'three');
  },
  remote,
);

everywhere('a file that is newer and another one is not replaced, the others come', async (rig) => {
  const { openDs, cloud, folder, putTree, localTree, octue } = rig;
  await seed(rig);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await putTree({
    'b.txt': 'work of today',
    'mine.txt': 'mine',
    '.octue': '{"datafiles": {"mine.txt": {"labels": ["kept"]}}, "other": 1}',
  });
  const dataset = await openDs(`${cloud}/ds`);
  await rejects(dataset.download(folder), named('FileExistsError'));
  const found = await localTree();
  equal([found['b.txt'], found['mine.txt'], found['a.csv'], found['sub/deep/c.csv']], ['work of today', 'mine', 'one', 'four']);
  equal((await octue()).dataset, undefined, 'no record while it is not whole');
  await rig.disk.remove(`${folder}/b.txt`);
  await dataset.download(folder);
  const record = await octue();
  equal(
    [record.datafiles!['mine.txt'], (record as Record<string, unknown>)['other'], Object.keys(record.datafiles!).length],
    [{ labels: ['kept'] }, 1, 3],
  );
});

everywhere('a file that is gone is an error, the others come', async (rig) => {
  const { openDs, cloud, folder, store, localTree } = rig;
  await seed(rig);
  const dataset = await openDs(`${cloud}/ds`);
  await store.delete('ds/b.txt');
  await rejects(dataset.download(folder), named('FileNotFoundError'));
  equal(
    Object.keys(await localTree()),
    sorted.filter((name) => name !== 'b.txt'),
  );
});

everywhere('keys that lead out of the folder are refused before anything comes', async (rig) => {
  const { openDs, folder, cloud, localTree, store, kind } = rig;
  const evil = kind === 'mem' ? ['x/../../out', '../out', './x', 'a//b', 'a/./b'] : ['a//b', '.anyfile-x'];
  for (const key of evil) {
    try {
      await store.put(`ds/${key}`, 'evil');
    } catch {
      continue; // the store itself refuses it
    }
    await store.put('ds/good', 'x');
    const dataset = await openDs(`${cloud}/ds`);
    equal(dataset.size, 2, key);
    await rejects(dataset.download(`${folder}/to`), 'InvalidArgument');
    equal(await localTree(), {}, key);
    await store.delete([`ds/${key}`]);
  }
});

test('dataset: hostile keys in a listing lead nowhere', () =>
  withScenario(
    's3',
    {
      objects: [
        { key: 'ds/x', text: 'x' },
        { key: 'ds/sub\\..\\..\\evil', text: 'x' },
      ],
    },
    ({ endpoint, bucket, region, credentials, update }) =>
      withRig(
        'mem',
        async ({ openDs, folder, localTree, client }) => {
          // As a server of ill will would list them; an honest one with such keys is asked through what it is told.
          for (const key of ['ds/../../evil', 'ds/sub/../../../evil', 'ds//etc/evil', 'ds/\u0000evil']) {
            await update({
              faults: [
                {
                  match: { operation: 'ListObjectsV2' },
                  fault: {
                    type: 'status',
                    status: 200,
                    headers: { 'content-type': 'application/xml' },
                    body: `<ListBucketResult><Contents><Key>${key.replace('\u0000', '&#0;')}</Key><Size>1</Size></Contents></ListBucketResult>`,
                  },
                },
              ],
            });
            let size = -1;
            try {
              const dataset = await openDs(`s3://${bucket}/ds`, { client, ignoreStoredMetadata: true });
              ({ size } = dataset);
              await dataset.download(`${folder}/to`);
            } catch (error) {
              ok(['InvalidArgument', 'InvalidResponse'].includes((error as { code: string }).code), String(error));
              size = -1;
            }
            equal(size, -1, `${key} to be refused`);
          }
          equal(await localTree(), {});
        },
        { endpoint, region, credentials, retry: { attempts: 1 } },
      ),
  ));

everywhere(
  'a dataset that is only local',
  async ({ openDs, putTree, folder }) => {
    await putTree(tree);
    const dataset = await openDs(folder);
    await rejects(dataset.download(`${folder}/x`), named('CloudLocationNotSpecifiedError'));
    await rejects(dataset.download(), named('CloudLocationNotSpecifiedError'));
  },
  ['mem'],
);

everywhere(
  'files from elsewhere go by their names, two of one name are refused',
  async ({ openDs, putObjects, cloud, folder, localTree }) => {
    await putObjects({ 'ds/a': 'x', 'one/b': 'y', 'two/b': 'z' });
    const files = ['ds/a', 'one/b'].map((key) => `${cloud}/${key}`);
    await (await openDs(`${cloud}/ds`, { files })).download(`${folder}/to`);
    equal(await localTree('to'), { a: 'x', b: 'y' });
    const both = await openDs(`${cloud}/ds`, { files: [...files, `${cloud}/two/b`] });
    await rejects(both.download(`${folder}/both`), 'InvalidArgument');
    equal(await localTree('both'), {});
    await rejects(both.download('mem://b/c'), 'InvalidArgument');
    await putObjects({ 'x/a': 'x' });
    const local = await openDs(`${cloud}/ds`, { files: [files[0]!, `${folder}/to/b`] });
    await local.download(`${folder}/part`);
    equal(await localTree('part'), { a: 'x' }, 'what is only local stays where it is');
  },
);

everywhere('an abort ends it, and leaves no half file', async (rig) => {
  const { openDs, cloud, folder, localTree, octue } = rig;
  await seed(rig);
  const dataset = await openDs(`${cloud}/ds`);
  await rejects(dataset.download(folder, { signal: AbortSignal.abort() }), named('AbortError'));
  equal(await localTree(), {});
  const controller = new AbortController();
  const options = { signal: controller.signal, parallel: 1, progress: () => controller.abort() };
  await rejects(dataset.download(folder, options), named('AbortError'));
  const found = await localTree();
  ok(Object.keys(found).length < 4, 'it stopped');
  for (const [name, text] of Object.entries(found)) equal(text, tree[name]);
  equal(await octue(), {});
});
