/** A disk that fails at any write: it is told, nothing is published, and the library goes on. */
import { CloudError } from '../../../../src/errors.ts';
import { Client } from '../../../../src/index.ts';
import type { FileContext } from '../../../../src/hdf5/file/context.ts';
import { listKeys, openItem } from '../../../../src/hdf5/file/items.ts';
import { readSuperblock } from '../../../../src/hdf5/layout/superblock.ts';
import { loadLibrary } from '../../../../src/hdf5/library/load.ts';
import { createChangedRanges } from '../../../../src/hdf5/write/changed-ranges.ts';
import { publish } from '../../../../src/hdf5/write/publish.ts';
import type { WorkingFile } from '../../../../src/hdf5/write/working-file.ts';
import { Hdf5WritableFile } from '../../../../src/hdf5/write/file.ts';
import { createMemoryFile } from '../../../../src/hdf5/write/memory-file.ts';
import { openWriteEngine } from '../../../../src/hdf5/write/write-engine.ts';
import type { ObjectStore } from '../../../../src/types.ts';
import { createSerial } from '../../../../src/util/serial.ts';
import { inFewEngines, uniqueName } from '../../../env.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';

interface Rig {
  file: Hdf5WritableFile;
  calls: { writes: number; published: number; discarded: number };
}

/** A file in memory whose disk fails from its `failAt`th write or cut on, for good or once, and that cannot be sent so many times. */
async function rig(failAt: number, isOnce: boolean, sendFails = 0): Promise<Rig> {
  const module = await loadLibrary();
  const memory = createMemoryFile(2 ** 30);
  const calls = { writes: 0, published: 0, discarded: 0 };
  const count = (): void => {
    calls.writes++;
    if (calls.writes === failAt || (calls.writes > failAt && !isOnce)) throw new CloudError('no room', { code: 'QuotaExceeded' });
  };
  const kept = {
    get sizeBytes() {
      return memory.sizeBytes;
    },
    read: (into: Uint8Array, at: number) => memory.read(into, at),
    write(bytes: Uint8Array, at: number) {
      count();
      memory.write(bytes, at);
    },
    truncate(size: number) {
      count();
      memory.truncate(size);
    },
  };
  const engine = openWriteEngine({ module, kept, name: 'a.h5', isNew: true, format: 'v18', trackOrder: false });
  try {
    engine.flush();
    const context: FileContext = {
      engine,
      superblock: await readSuperblock(engine.begin().look),
      isPlanned: true,
      loadPlugin: undefined,
      objects: { open: (path, its) => openItem(context, path, its), keys: (path, its) => listKeys(context, path, its) },
    };
    const state = { engine, context, trackOrder: false, serial: createSerial() };
    const end = {
      publish: async () => {
        if (sendFails-- > 0) throw new CloudError('no answer', { code: 'Network' });
        calls.published++;
        return { url: 'mem://x', sizeBytes: memory.sizeBytes };
      },
      settle() {},
      discard: async () => void calls.discarded++,
    };
    return { file: new Hdf5WritableFile(state, end), calls };
  } catch (error) {
    engine.drop();
    throw error;
  }
}

/** What is done to a file: some of all. */
async function work(file: Hdf5WritableFile): Promise<void> {
  const group = await file.createGroup('/a/b');
  await group.setAttr('flag', true);
  await group.createDataset('x', { data: new Float64Array(2000) });
  const log = await file.createDataset('/log', { dtype: '<i4', shape: [0], maxShape: [null], chunks: [500], compression: 'gzip' });
  for (let i = 0; i < 4; i++) await log.append(Int32Array.from({ length: 700 }, (_, k) => k * 7919));
  await file.flush();
  await file.createDataset('/texts', { data: ['a', 'bc', 'def'] });
  for (let i = 0; i < 12; i++) await file.setAttr(`attribute ${i}`, i);
  equal(await log.slice([[700, 703]]), new Int32Array([0, 7919, 15_838]));
  await log.resize([100]);
  await file.createSoftLink('/soft', '/log');
}

test('hdf5 faults: a disk that fails is told at once or when the file is closed, wherever it happens', async () => {
  inFewEngines('many files');
  const good = await rig(Infinity, false);
  await work(good.file);
  await good.file.close();
  const { writes } = good.calls;
  ok(writes > 15, `${writes} writes`);
  equal([good.calls.published, good.calls.discarded], [1, 1]);
  const folders = async (): Promise<number> =>
    ((await loadLibrary()) as unknown as { FS: { readdir(path: string): string[] } }).FS.readdir('/').length;
  const before = await folders();
  for (const isOnce of [false, true])
    for (let failAt = 1; failAt <= writes; failAt += isOnce ? 5 : 1) {
      let bad: Rig;
      try {
        bad = await rig(failAt, isOnce);
      } catch (error) {
        equal((error as CloudError).code, 'QuotaExceeded', `at ${failAt}`);
        continue;
      }
      const told = await work(bad.file).catch((error: unknown) => error as CloudError);
      if (told) equal(told.code, 'QuotaExceeded', `at ${failAt}: ${told.message}`);
      await rejects(bad.file.close(), 'QuotaExceeded');
      equal([bad.calls.published, bad.calls.discarded, await bad.file.close()], [0, 1, null], `at ${failAt}`);
    }
  equal(await folders(), before);
  // and the next one is as good as ever
  const next = await rig(Infinity, false);
  await work(next.file);
  await next.file.close();
  equal([next.calls.writes, next.calls.published], [writes, 1]);
});

test('hdf5 faults: a file that could not be sent is kept, and sent when it is closed again', async () => {
  const { file, calls } = await rig(Infinity, false, 1);
  await work(file);
  await rejects(file.close(), 'Network');
  equal([calls.published, calls.discarded], [0, 0]);
  await rejects(file.setAttr('late', 1), 'InvalidArgument');
  ok((await file.close())!.sizeBytes > 0);
  equal([calls.published, calls.discarded], [1, 1]);
  const other = await rig(Infinity, false, 1);
  await rejects(other.file.close(), 'Network');
  await other.file.abort();
  equal([other.calls.published, other.calls.discarded, await other.file.close()], [0, 1, null]);
});

test('hdf5 faults: a store that took the bytes and lost its answer refuses them again; that is no conflict', async () => {
  const client = new Client();
  const store = client.store(`mem://${uniqueName('hdf5')}/folder`);
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
  const content = { read: async (start: number, end: number) => bytes.slice(start, end), changed: createChangedRanges(0) };
  const working = { ...content, now: { sizeBytes: bytes.length } } as unknown as WorkingFile;
  const refusing: ObjectStore = {
    ...store,
    async put(key, body, options) {
      await store.put(key, body, options);
      throw new CloudError('refused', { code: 'PreconditionFailed' });
    },
  };
  const place = { url: 'mem://x/a.h5', name: 'a.h5', store: refusing, key: 'a.h5', local: undefined };
  const opened = { working, isNew: true, expected: { is: 'nothing' } } as const;
  const published = await publish(place, opened, { about: {} });
  equal([published.sizeBytes, published.etag], [bytes.length, (await store.head('a.h5'))!.etag]);
  // what differs, if in one byte, is another's
  const others = bytes.slice();
  others[2_999_999]!++;
  await store.delete('a.h5');
  await store.put('a.h5', others);
  await rejects(publish({ ...place, store }, opened, { about: {} }), 'AlreadyExists');
  await client.close();
});
