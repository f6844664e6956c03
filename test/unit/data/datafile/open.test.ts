/** Opening content: handles and blocks, what is saved and when nothing is. */
import { isCloudError } from '../../../../src/errors.ts';
import { encodeUtf8 } from '../../../../src/util/utf8.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { withScenario } from '../../../servers/fixture/client.ts';
import { everywhere, labelsIn, locally, requestsOf, storedLabels, withSetting, probeRequests } from './places.ts';

const named =
  (name: string) =>
  (error: Error): boolean =>
    error.name === name;

locally('a block gives what it returns, and saves when it returns', async ({ open, folder, localText, localNames }) => {
  const datafile = await open(`${folder}/a`, { labels: ['l'] });
  const result = await datafile.open('w', async (file) => {
    await file.write('hello');
    equal(
      await localNames(),
      (await localNames()).filter((name) => name !== 'a'),
      'nobody sees it yet',
    );
    return 42;
  });
  equal([result, await localText('a'), datafile.sizeBytes], [42, 'hello', 5]);
  equal([...(await open(`${folder}/a`)).labels], ['l']);
  equal(await datafile.open('r', (file) => file.read(2)), 'he');
  equal(await datafile.open(undefined, (file) => file.readText()), 'hello', 'r when no mode is given');
});

locally('a handle saves when it is closed, and not when it is aborted', async ({ open, folder, localText, localNames }) => {
  const datafile = await open(`${folder}/a`);
  const file = await datafile.open('w');
  await file.write('one');
  equal(await localText('a'), null);
  await file.close();
  equal(await localText('a'), 'one');
  const given = await datafile.open('a');
  await given.write('two');
  await given.abort();
  equal([await localText('a'), await localNames()], ['one', ['.octue', 'a']]);
  const failed = await datafile.open('w');
  await failed.write('three');
  await rejects(failed.write(5 as unknown as string), (error: Error) => isCloudError(error));
  await rejects(failed.close(), (error: Error) => isCloudError(error));
  equal([await localText('a'), await localNames()], ['one', ['.octue', 'a']], 'nothing is saved after an error');
});

everywhere('a block that throws saves nothing, here or there', async (setting) => {
  const { open, store, cloud, cloudText, cloudMetadata, putLocal, localText, localNames } = setting;
  await store.put('a', 'old', { metadata: { octue__labels: '["old"]' } });
  const path = await putLocal('b', 'old');
  await store.put('b', 'old');
  const datafiles = [await open(`${cloud}/a`), await open(path), await open(`${cloud}/b`, { localPath: path })];
  for (const datafile of datafiles) {
    for (const mode of ['w', 'a', 'r+', 'wb', 'w+']) {
      const wrong = new Error('mine');
      const thrown = await rejects<Error>(
        datafile.open(mode, async (file) => {
          await file.write(mode.includes('b') ? encodeUtf8('new') : 'new');
          await file.flush();
          datafile.labels = ['new'];
          throw wrong;
        }),
        () => true,
      );
      ok(thrown === wrong, 'the very error of the block');
    }
  }
  equal([await cloudText('a'), labelsIn(await cloudMetadata('a')), await cloudText('b')], ['old', '["old"]', 'old']);
  equal([await localText('b'), await localNames()], ['old', ['b']]);
});

everywhere('metadata that are not valid save neither metadata nor content', async (setting) => {
  const { open, store, cloud, cloudText, putLocal, localText, localNames } = setting;
  await store.put('a', 'old');
  const datafiles = [await open(`${cloud}/a`), await open(await putLocal('a', 'old'))];
  for (const datafile of datafiles) {
    await rejects(
      datafile.open('w', async (file) => {
        await file.write('new');
        datafile.tags['not valid'] = 1;
      }),
      named('InvalidTagError'),
    );
    datafile.tags = {};
    await rejects(
      datafile.open('w', async (file) => {
        await file.write('new');
        datafile.tags['loop'] = datafile.tags;
      }),
      'InvalidArgument',
    );
  }
  equal([await cloudText('a'), await localText('a'), await localNames()], ['old', 'old', ['a']]);
});

everywhere('content and metadata go in one request, or in none', async (setting) => {
  const { open, store, cloud, cloudText, cloudMetadata } = setting;
  await store.put('a', 'old', { metadata: { owner: 'me' } });
  const datafile = await open(`${cloud}/a`);
  const count = await requestsOf(setting, () =>
    datafile.open('w', async (file) => {
      await file.write('new');
      datafile.addLabels('l');
      datafile.tags = { a: 1 };
      datafile.timestamp = new Date(0);
    }),
  );
  if (setting.kind !== 'mem') equal(count, 1 + probeRequests(setting));
  const metadata = await cloudMetadata('a');
  equal(
    [await cloudText('a'), labelsIn(metadata), metadata?.['owner'], metadata?.['octue__tags']],
    ['new', storedLabels('l'), 'me', '{"a": 1}'],
  );
  equal([datafile.sizeBytes, datafile.existsLocally], [3, true]);
  datafile.addLabels('m');
  await datafile.open('a', () => {});
  equal(
    [await cloudText('a'), labelsIn(await cloudMetadata('a'))],
    ['new', storedLabels('l', 'm')],
    'metadata alone, when nothing was written',
  );
});

test('datafile: an upload that fails keeps what was written here, to be sent again', () =>
  withScenario('s3', { objects: [{ key: 'a', text: 'old' }] }, ({ endpoint, bucket, region, credentials, update, object }) =>
    withSetting(
      'mem',
      async ({ open }) => {
        const datafile = await open(`s3://${bucket}/a`);
        await update({ faults: [{ match: { method: 'PUT' }, fault: { type: 'status', status: 500 } }] });
        datafile.addLabels('l');
        await rejects(
          datafile.open('w', (file) => file.write('new')),
          'ServerError',
        );
        equal(new TextDecoder().decode((await object('a'))!), 'old');
        equal(await datafile.open('r', (file) => file.read()), 'new');
        await update({ faults: [] });
        await datafile.refresh();
        equal(await datafile.open('r', (file) => file.read()), 'new', 'a look at an unchanged object costs no work');
        datafile.addLabels('l');
        await datafile.upload();
        equal(new TextDecoder().decode((await object('a'))!), 'new');
        equal([...(await open(`s3://${bucket}/a`)).labels], ['l']);
      },
      { endpoint, region, credentials },
    ),
  ));

locally('updateMetadata false leaves the record alone', async ({ open, putLocal, localNames, localText, folder }) => {
  const datafile = await open(await putLocal('a', 'old'), { labels: ['l'] });
  await datafile.open('w', (file) => file.write('new'), { updateMetadata: false });
  equal([await localText('a'), await localNames()], ['new', ['a']]);
  const quiet = await open(`${folder}/a`, { updateMetadata: false, mode: 'a' });
  await quiet.open(undefined, (file) => file.write('!'));
  equal([await localText('a'), await localNames()], ['new!', ['a']]);
  await quiet.open('a', (file) => file.write('!'), { updateMetadata: true });
  equal(await localNames(), ['.octue', 'a']);
});

everywhere(
  'metadata changed while reading are not stored, and that is told',
  async ({ open, store, cloud, warnings, cloudMetadata, putLocal, localNames }) => {
    await store.put('a', 'old');
    for (const datafile of [await open(`${cloud}/a`), await open(await putLocal('a', 'old'))]) {
      const before = warnings.length;
      await datafile.open('r', (file) => file.read());
      equal(warnings.length, before);
      await datafile.open('r', () => datafile.addLabels('new'));
      equal(warnings.length, before + 1);
      ok(/updateMetadata\(\)/.test(warnings.at(-1)!.message), warnings.at(-1)!.message);
      await datafile.open('rb', (file) => file.read());
      equal(warnings.length, before + 1, 'once');
    }
    equal([labelsIn(await cloudMetadata('a')), await localNames()], [null, ['a']]);
  },
);

locally('encodings and line ends, of the call or of the datafile', async ({ open, folder, localText, disk }) => {
  const datafile = await open(`${folder}/a`, { encoding: 'latin-1', newline: '\r\n' });
  await datafile.open('w', (file) => file.write('hé\n'));
  equal((await disk.stat(`${folder}/a`))?.sizeBytes, 4);
  equal(await datafile.open('r', (file) => file.readText()), 'hé\r\n');
  equal(await datafile.open('r', (file) => file.readText(), { newline: null }), 'hé\n');
  await datafile.open('w', (file) => file.write('hé\n'), { encoding: 'utf-8', newline: '' });
  equal(await localText('a'), 'hé\n');
  const bytes = await datafile.open('rb', (file) => file.read(), { newline: null });
  equal([...(bytes as Uint8Array)], [104, 195, 169, 10]);
  await rejects(datafile.open('w', { encoding: 'no-such' }), 'NotSupported');
  equal(await localText('a'), 'hé\n');
});

locally('a datafile that was made for text can be opened in binary modes', async ({ open, putLocal }) => {
  const datafile = await open(await putLocal('a', 'x\n'), { newline: '' });
  equal([...((await datafile.open('rb', (file) => file.read())) as Uint8Array)], [120, 10]);
});

locally('modes that are none', async ({ open, putLocal, folder, localNames }) => {
  const datafile = await open(await putLocal('a', 'x'));
  for (const mode of ['', 'z', 'rw', 'wa', 'r++', 'rbt', 'b', 'U', 'ww']) await rejects(datafile.open(mode), 'InvalidArgument');
  await rejects((await open(`${folder}/a`, { mode: 'zz' })).open(), 'InvalidArgument');
  equal(await localNames(), ['a']);
});

everywhere('a large file in pieces, from the cloud and back', async ({ open, cloud, store }) => {
  const piece = new Uint8Array(300_001).map((_, i) => (i * 31) & 255);
  const datafile = await open(`${cloud}/big`);
  await datafile.open('wb', async (file) => {
    for (let i = 0; i < 20; i++) await file.write(piece);
  });
  equal([datafile.sizeBytes, (await store.head('big'))?.sizeBytes], [6_000_020, 6_000_020]);
  const again = await open(`${cloud}/big`);
  await again.open('rb+', async (file) => {
    await file.seek(-3, 'end');
    await file.write(new Uint8Array([1, 2, 3, 4]));
  });
  equal((await store.head('big'))?.sizeBytes, 6_000_021);
  equal(await (await open(`${cloud}/big`)).hashValue(), await again.hashValue());
});

everywhere('an aborted opening or saving leaves all as it was', async ({ open, store, cloud, cloudText, folder, localNames }) => {
  await store.put('a', 'old');
  const gone = AbortSignal.abort();
  const isAbort = (error: Error): boolean => error.name === 'AbortError';
  await rejects(open(`${cloud}/a`, { signal: gone }), isAbort);
  const datafile = await open(`${cloud}/a`);
  await rejects(datafile.open('r', { signal: gone }), isAbort);
  const controller = new AbortController();
  const file = await datafile.open('w', { signal: controller.signal });
  await file.write('new');
  controller.abort();
  await rejects(file.close(), isAbort);
  equal(await cloudText('a'), 'old');
  const local = await open(`${folder}/a`);
  await rejects(local.open('w', { signal: gone }), isAbort);
  equal(await localNames(), []);
});
