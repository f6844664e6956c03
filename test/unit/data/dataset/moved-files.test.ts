/** What a dataset tells of its files: where they are in it, whether their metadata are stored, and how each one's upload ended. */
import { Client, hasStoredMetadata, type Datafile, type MovedFile } from '../../../../src/index.ts';
import { equal, rejects, test } from '../../../harness.ts';

const byPath = (a: MovedFile, b: MovedFile): number => (a.path < b.path ? -1 : 1);

test('dataset: an upload tells of every file, and of those that were there already', async () => {
  const client = new Client();
  const store = client.store('mem://moved-files');
  await store.put('from/a.csv', 'a');
  await store.put('from/b/c.csv', 'ccc');
  const files: MovedFile[] = [];
  const onFile = (file: MovedFile): void => void files.push(file);
  const upload = async (): Promise<void> => {
    const dataset = await client.dataset('mem://moved-files/from');
    await dataset.upload('mem://moved-files/to', { onFile });
    const again = await client.dataset('mem://moved-files/to');
    await again.upload(undefined, { onFile });
  };
  await upload();
  equal(files.slice(0, 2).sort(byPath), [
    { path: 'a.csv', sizeBytes: 1, skipped: false },
    { path: 'b/c.csv', sizeBytes: 3, skipped: false },
  ]);
  equal(
    files
      .slice(2)
      .sort(byPath)
      .map(({ path, skipped }) => [path, skipped]),
    [
      ['a.csv', true],
      ['b/c.csv', true],
    ],
    'to where they are',
  );
  await client.close();
});

test('dataset: a file that fails is told with its error, which the call rejects with', async () => {
  const client = new Client();
  const store = client.store('mem://moved-files-failing');
  await store.put('from/a', 'a');
  await store.put('from/b', 'b');
  const dataset = await client.dataset('mem://moved-files-failing/from');
  await store.delete('from/b');
  const files: MovedFile[] = [];
  const upload = dataset.upload('mem://moved-files-failing/to', { onFile: (file) => void files.push(file) });
  const error = await upload.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  files.sort(byPath);
  equal(
    files.map(({ path, error: failure }) => [path, failure === undefined]),
    [
      ['a', true],
      ['b', false],
    ],
  );
  equal(files[1]!.error === error, true, 'the same error');
  await rejects(Promise.reject(error as Error), 'NotFound');
  await client.close();
});

test('dataset: where a file is in it; datafile: whether its metadata are stored', async () => {
  const client = new Client();
  await client.store('mem://stored-metadata').put('d/e/a', 'a');
  const opened = async (ignoreStoredMetadata = false): Promise<Datafile> =>
    (await client.dataset('mem://stored-metadata/d', { ignoreStoredMetadata })).files.one();
  const datafile = await opened();
  equal((await client.dataset('mem://stored-metadata/d')).pathOf(datafile), 'e/a');
  equal((await client.dataset('mem://stored-metadata/other')).pathOf(datafile), undefined);
  equal(hasStoredMetadata(datafile), false);
  datafile.addLabels('l');
  await datafile.updateMetadata();
  equal([hasStoredMetadata(datafile), hasStoredMetadata(await opened()), hasStoredMetadata(await opened(true))], [true, true, false]);
  equal((await opened()).id, datafile.id);
  await client.close();
});
