/** Datafiles exchanged with Octue's own SDK: what one writes the other reads, on disk and in the cloud. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatafile, deserialiseDatafile } from '../../src/data/datafile/open-datafile.ts';
import { formatOctueFile, readOctueFile } from '../../src/data/octue-file.ts';
import { fromPosix } from '../../src/data/time-zone.ts';
import { toBase64 } from '../../src/util/base64.ts';
import { encodeUtf8 } from '../../src/util/utf8.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { peer, type PeerError } from './octue-peer.ts';
import { inCloud, inFolder, records, sameDatafile, storedIn, withoutVersion } from './octue-records.ts';

const base64 = (text: string): string => toBase64(encodeUtf8(text));
const slug = (text: string): string => text.replaceAll(/\W/g, '-');
const long = { timeoutMs: 120_000 };

for (const zone of ['UTC', 'America/New_York']) {
  test(
    `local datafiles with Python in ${zone}: each reads what the other wrote, and both write the same bytes`,
    () =>
      inFolder(async (folder) => {
        const ask = peer({ zone });
        for (const [name, record] of Object.entries(records)) {
          const [theirs, ours] = [join(folder, slug(name), 'theirs'), join(folder, slug(name), 'ours')];
          const path = join(theirs, 'data.csv');
          const written = await ask('write_datafile', { path, content: base64(name), record });
          const datafile = await openDatafile(path);
          await sameDatafile(datafile, written, `${name}, written by Python`);
          const text = await readFile(join(theirs, '.octue'), 'utf8');
          equal(formatOctueFile(readOctueFile(text)), text, `${name}: Python's file, read and written again`);

          const own = await openDatafile(join(ours, 'data.csv'), { ...storedIn(record), id: written.id });
          await own.open('w', (file) => file.write(name));
          const read = await ask('read_datafile', { path: join(ours, 'data.csv') });
          await sameDatafile(own, read, `${name}, written here`);
          equal(withoutVersion(await readFile(join(ours, '.octue'), 'utf8')), text, `${name}: the same file`);
        }
      }),
    long,
  );
}

test(
  'objects with metadata of all kinds, both ways and the same on the wire',
  () =>
    inFolder(async (folder) => {
      const { ask, url, options } = inCloud();
      for (const [kind, record] of Object.entries(records)) {
        const theirs = `${url}/theirs/${slug(kind)}.txt`;
        const ours = `${url}/ours/${slug(kind)}.txt`;
        const path = join(folder, 'their', `${slug(kind)}.txt`);
        const { id } = await ask('write_datafile', { path, content: base64(kind), record, cloud_path: theirs });
        const datafile = await openDatafile(theirs, options);
        await sameDatafile(datafile, await ask('read_datafile', { path: theirs }), `${kind}, uploaded by Python`);
        equal([datafile.id, datafile.sizeBytes, await datafile.open('r', (file) => file.read())], [id, kind.length, kind], kind);

        const here = join(folder, `${slug(kind)}.txt`);
        await writeFile(here, kind);
        const own = await openDatafile(here, { ...storedIn(record), id, ...options });
        await own.upload(ours);
        const read = await ask('read_datafile', { path: ours, content: true });
        await sameDatafile(own, read, `${kind}, uploaded from here`);
        equal([read.content, read.cloud_hash, read.size], [base64(kind), read.hash, kind.length], kind);

        const objects = [await ask('read_object', { path: theirs }), await ask('read_object', { path: ours })];
        const onWire = objects.map(({ metadata }) =>
          Object.entries(metadata ?? {})
            .sort()
            .map(([key, value]) => [key, withoutVersion(value)]),
        );
        equal(onWire[1], onWire[0], `${kind}: custom metadata`);
        equal(objects[1]!.text, objects[0]!.text, kind);
      }
    }),
  long,
);

test(
  'objects: each changes the metadata and content of the other',
  () =>
    inFolder(async (folder) => {
      const { ask, url, options } = inCloud();
      const path = `${url}/a.txt`;
      const record = records['nested and typed']!;
      await ask('write_datafile', { path: join(folder, 'a.txt'), content: base64('one\n'), record, cloud_path: path });

      const own = await openDatafile(path, options);
      own.tags['here'] = 1n;
      own.addLabels('x');
      await own.updateMetadata();
      await sameDatafile(own, await ask('read_datafile', { path }), 'metadata changed here');

      await ask('change_datafile', { path, record: records['ahead of UTC']! });
      const again = await openDatafile(path, options);
      await sameDatafile(again, await ask('read_datafile', { path }), 'metadata changed by Python');
      ok(again.labels.has('b') && !again.labels.has('x'), 'labels of Python');

      // The SDK drops the metadata when it sends new content alone; here they stay.
      await again.open('a', (file) => file.write('two\n'));
      const read = await ask('read_datafile', { path, content: true });
      equal(read.content, base64('one\ntwo\n'));
      await sameDatafile(again, read, 'content appended here');

      const copy = `${url}/copy.txt`;
      const moved = await openDatafile(path, options);
      await moved.upload(copy);
      await sameDatafile(moved, await ask('read_datafile', { path: copy }), 'copied by the server');
      await ask('append_datafile', { path: copy, content: base64('three\n') });
      equal(await (await openDatafile(copy, options)).open('r', (file) => file.read()), 'one\ntwo\nthree\n');
    }),
  long,
);

test(
  'serialised datafiles, both ways',
  () =>
    inFolder(async (folder) => {
      const { ask, url, options } = inCloud();
      // Its keys are in order: what is serialised has them sorted, and so loses an order that is hashed.
      const record = records['ahead of UTC']!;
      const path = join(folder, 'a.txt');
      const written = await ask('write_datafile', { path, content: base64('hello'), record });
      const restored = deserialiseDatafile(await ask('serialise_datafile', { path }), options);
      await sameDatafile(restored, written, 'local, from Python');
      equal(restored.path, path);
      await sameDatafile(restored, await ask('deserialise_datafile', { text: restored.serialise() }), 'local, to Python');

      await restored.upload(`${url}/a.txt`);
      const there = await openDatafile(`${url}/a.txt`, options);
      await sameDatafile(there, await ask('deserialise_datafile', { text: there.serialise() }), 'in the cloud, to Python');
    }),
  long,
);

test('a timestamp in seconds is the same naive time in the zone of either machine', () =>
  inFolder(async (folder) => {
    for (const zone of ['UTC', 'America/New_York']) {
      const path = join(folder, `${slug(zone)}.txt`);
      const ask = peer({ zone });
      await ask('write_datafile', { path, content: '' });
      for (const seconds of [0, 1651687077.136739, 1667710800, 1667721600.5]) {
        const shown = await ask('change_datafile', { path, record: '{}', seconds });
        const datafile = await openDatafile(path);
        await sameDatafile(datafile, shown, `${seconds} in ${zone}`);
        equal(datafile.timestamp?.toString(), fromPosix(seconds, { timeZone: zone }).toString(), `${seconds} in ${zone}`);
      }
    }
  }));

test('an offset with seconds, which Python writes and cannot read, is read here', () =>
  inFolder(async (folder) => {
    const ask = peer();
    const record = '{"timestamp": {"_type": "datetime", "value": "1900-01-01T00:00:00+05:53:28"}}';
    const path = join(folder, 'a.txt');
    await ask('write_datafile', { path, content: '', record });
    equal(String((await openDatafile(path)).timestamp), '1900-01-01T00:00:00+05:53:28');
    await rejects(ask('read_datafile', { path }), (error: PeerError) => error.type === 'ParserError');
  }));

test(
  'Python and anyfile save records in one folder by turns, a hundred times: none is lost or changed',
  () =>
    inFolder(async (folder) => {
      const ask = peer();
      const kinds = Object.values(records);
      const expected = new Map<string, { id: string; record: string }>();
      const checked = async (): Promise<void> => {
        const { root } = readOctueFile(await readFile(join(folder, '.octue')));
        equal(Object.keys(root['datafiles'] as object).sort(), [...expected.keys()].sort(), 'records');
        for (const [name, { id, record }] of expected) {
          const path = join(folder, name);
          const [datafile, shown] = [await openDatafile(path), await ask('read_datafile', { path })];
          const { timestamp, tags, labels } = storedIn(record);
          await sameDatafile(datafile, shown, name);
          equal([datafile.id, String(datafile.timestamp), datafile.tags, datafile.labels], [id, String(timestamp), tags, labels], name);
        }
      };
      await mkdir(folder, { recursive: true });
      for (let turn = 0; turn < 100; turn++) {
        const name = `f${(turn * 7) % 13}.txt`;
        const path = join(folder, name);
        const record = kinds[turn % kinds.length]!;
        const known = expected.get(name);
        if (turn % 2 === 0) {
          const { id } = known
            ? await ask('change_datafile', { path, record })
            : await ask('write_datafile', { path, content: base64(name), record });
          expected.set(name, { id, record });
        } else {
          const datafile = await openDatafile(path, known ? {} : storedIn(record));
          const { timestamp, tags, labels } = storedIn(record);
          Object.assign(datafile, { timestamp, tags, labels });
          await (known ? datafile.updateMetadata() : datafile.open('w', (file) => file.write(name)));
          expected.set(name, { id: datafile.id, record });
        }
        if (turn % 25 === 24) await checked();
      }
      equal(expected.size, 13);
    }),
  long,
);
