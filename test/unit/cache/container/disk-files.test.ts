/** What of the disk container is of files alone. */
import { maxValueBytes, type CacheTrouble } from '../../../../src/cache/container/container.ts';
import { openDiskContainer } from '../../../../src/cache/container/disk-container.ts';
import { placeOf } from '../../../../src/cache/container/disk-format.ts';
import { crc32c } from '../../../../src/util/crc.ts';
import { decodeUtf8 } from '../../../../src/util/utf8.ts';
import { bytesFor, entryFor, keyOf, namespaces } from '../../../conformance/cache-rig.ts';
import { equal, ok, rejects, sameBytes, test } from '../../../harness.ts';
import { makeDiskRig, pathsBelow, readAll, systemErrors, type DiskRig } from './disk-rig.ts';

const MiB = 0x100000;
const check = (what: string, fn: (rig: DiskRig) => Promise<void>, budgetBytes = 64 * MiB): void =>
  test(`disk container: ${what}`, async () => {
    const rig = await makeDiskRig({ budgetBytes });
    try {
      await fn(rig);
    } finally {
      await rig.close();
    }
  });
const has = async ({ container }: DiskRig, key: ReturnType<typeof keyOf>): Promise<boolean> =>
  (await container.getMany([key]))[0] !== undefined;

check('a file is where and what the format says', async ({ container, real }) => {
  const meta = { validator: 'e:x' };
  for (const part of [3, 24, 'w'] as const) {
    const key = keyOf('a', 5000, part);
    await container.putMany([entryFor(key, part === 3 ? meta : undefined)]);
    const path = `v1/${key.namespace}/${key.object.slice(0, 2)}/${key.object.slice(2)}.${part}.${(5000).toString(36)}`;
    equal(pathsBelow(real, 'v1'), [path]);
    const file = readAll(real, path);
    const view = new DataView(file.buffer);
    const metaBytes = view.getUint32(4, true);
    equal([decodeUtf8(file.subarray(0, 4)), Number(view.getBigUint64(8, true))], ['AFC1', 5000]);
    equal(file.length, 24 + metaBytes + 5000);
    equal((24 + metaBytes) % 512, 0);
    const json = file.subarray(24, 24 + metaBytes);
    equal(JSON.parse(decodeUtf8(json)), [key.namespace, key.object, part, ...(part === 3 ? [meta] : [])]);
    equal([view.getUint32(16, true), view.getUint32(20, true)], [crc32c(bytesFor(key)), crc32c(json)]);
    sameBytes(file.subarray(24 + metaBytes), bytesFor(key));
    await container.delete({ namespace: key.namespace });
  }
});

check('an object is deleted by the names in one folder, and no file is opened for it', async ({ container, fake }) => {
  const keys = Array.from({ length: 30 }, (_, i) => keyOf(i % 3, 2000, i));
  await container.putMany(keys.map((key) => entryFor(key)));
  const calls = { ...fake.calls };
  equal(await container.delete({ namespace: keys[0]!.namespace, object: keys[0]!.object }), 10);
  equal([fake.calls.listSync! - calls.listSync!, fake.calls.openSync ?? 0], [1, calls.openSync ?? 0]);
});

check('what is known is found by names: no value is opened for it', async ({ container, fake }) => {
  const keys = Array.from({ length: 30 }, (_, i) => keyOf(i, i % 3 ? 2000 : 0, i % 3 ? i : 'o'));
  await container.putMany(keys.map((key) => entryFor(key)));
  const before = fake.calls.openSync ?? 0;
  let count = 0;
  for await (const { part } of container.known({ namespace: keys[0]!.namespace })) count += part === 'o' ? 1 : NaN;
  equal([count, fake.calls.openSync! - before], [10, 10]);
});

check('a file that cannot be removed is told, when all others are gone', async ({ container, fake }) => {
  const keys = [keyOf('a'), keyOf('b')];
  await container.putMany(keys.map((key) => entryFor(key)));
  const fault = fake.fail(['removeSync'], 'EPERM');
  for (const object of [undefined, keys[0]!.object])
    await rejects(container.delete({ namespace: keys[0]!.namespace, object }), 'ServerError');
  ok(fault.met() >= 3, 'both were tried');
  fault.lift();
  equal(await container.delete({ namespace: keys[0]!.namespace }), 2);
});

check('somebody who puts a value into the folder of a namespace that is being removed keeps the folder', async (rig) => {
  const { container, fake } = rig;
  const [gone, later] = [keyOf('a'), keyOf('b')];
  await container.putMany([entryFor(gone)]);
  for (const name of ['ENOTEMPTY', 'EEXIST']) {
    const fault = fake.fail(['removeFolder'], name);
    equal(await container.delete({ namespace: gone.namespace }), 1, name);
    equal([fault.met(), await has(rig, gone), await container.putMany([entryFor(later)])], [1, false, 1], name);
    fault.lift();
    equal(await has(rig, later), true);
  }
});

check('what is written late does not come back after it was deleted', async ({ container, fake }) => {
  const [gone, stays] = [keyOf('a'), keyOf('a', 1000, 0, namespaces[1])];
  const letGo = fake.hold();
  equal(await container.putMany([entryFor(gone), entryFor(stays)], { timeoutMs: 50 }), 0, 'given up');
  equal(await container.delete({ namespace: gone.namespace }), 0);
  letGo();
  for (let i = 0; i < 100 && !(await container.getMany([stays]))[0]; i++) await new Promise((resolve) => void setTimeout(resolve, 10));
  equal(
    (await container.getMany([gone, stays])).map((entry) => entry !== undefined),
    [false, true],
  );
});

check('much meta is kept, too much is not', async ({ container }) => {
  const key = keyOf('a', 5000);
  const much = { text: 'ä'.repeat(2000) };
  equal(await container.putMany([entryFor(key, much)]), 1);
  equal(container.getSync!(key)?.meta, much);
  sameBytes(container.getSync!(key)?.bytes, bytesFor(key));
  equal(await container.delete({ namespace: key.namespace, object: key.object }), 1, 'found by its object');
  equal(await container.putMany([entryFor(key, { text: 'x'.repeat(70_000) })]), 0);
});

check('reading off the thread that fails is a miss, and a broken piece is told', async (rig) => {
  const key = keyOf('large', 5 * MiB);
  await rig.container.putMany([entryFor(key)]);
  for (const name of [...systemErrors, 'null']) {
    const fault = rig.fake.fail(['read'], name);
    equal(await has(rig, key), false, name);
    ok(fault.met() > 0, name);
    fault.lift();
    equal(await has(rig, key), true, `after ${name}`);
  }
  for (const at of [100, 600, 2 * MiB, 5 * MiB + 100]) {
    const { path } = placeOf(key);
    const bytes = readAll(rig.real, path);
    bytes[at]! ^= 1;
    rig.real.removeSync(path);
    await rig.real.write(path, [bytes], false);
    equal([await has(rig, key), pathsBelow(rig.real, 'v1')], [false, []], `byte ${at}`);
    await rig.container.putMany([entryFor(key)]);
  }
});

test('disk container: a large value that comes from memory is read at once, and held to its checksum', async () => {
  const rig = await makeDiskRig({ budgetBytes: 64 * MiB }, Infinity);
  try {
    const key = keyOf('large', 5 * MiB + 77);
    await rig.container.putMany([entryFor(key)]);
    sameBytes((await rig.container.getMany([key]))[0]?.bytes, bytesFor(key));
    equal(rig.fake.calls.read ?? 0, 0);
    const { path } = placeOf(key);
    for (const at of [600, 0x20000 + 511, 3 * MiB, 5 * MiB + 588]) {
      const bytes = readAll(rig.real, path);
      bytes[at]! ^= 1;
      rig.real.removeSync(path);
      await rig.real.write(path, [bytes], false);
      equal([await has(rig, key), pathsBelow(rig.real, 'v1')], [false, []], `byte ${at}`);
      await rig.container.putMany([entryFor(key)]);
    }
  } finally {
    await rig.close();
  }
});

check('only an error that says that there is no room removes values', async (rig) => {
  const kept = Array.from({ length: 10 }, (_, i) => keyOf(`kept ${i}`, 5000));
  for (const name of systemErrors) {
    const container = await rig.open2!();
    await container.putMany(kept.map((key) => entryFor(key)));
    const told: CacheTrouble[] = [];
    container.onTrouble = (trouble) => void told.push(trouble);
    const fault = rig.fake.fail(['write'], name);
    equal(await container.putMany([entryFor(keyOf('new'))]), 0, name);
    fault.lift();
    const quota = name === 'ENOSPC' || name === 'EDQUOT';
    equal((await container.usage()).entries, quota ? 5 : 10, name);
    equal(told, [{ code: quota ? 'quota' : 'unavailable', name }]);
    // After a full disk it rests; another container, as that of another process, does not know.
    equal(await container.putMany([entryFor(kept[0]!)]), quota ? 0 : 1, `after ${name}`);
    await container.close();
  }
});

check('a disk that is full for the moment keeps the value', async (rig) => {
  await rig.container.putMany(Array.from({ length: 10 }, (_, i) => entryFor(keyOf(i, 5000))));
  const fault = rig.fake.fail(['write'], 'ENOSPC');
  const key = keyOf('new', 5000);
  const remove = rig.fake.files.removeSync;
  rig.fake.files.removeSync = (path) => {
    fault.lift();
    remove(path);
  };
  equal([await rig.container.putMany([entryFor(key)]), await has(rig, key)], [1, true]);
});

check('a file that somebody else has put there and holds is as good', async (rig) => {
  const key = keyOf('a', 5000);
  await rig.container.putMany([entryFor(key)]);
  for (const name of ['EPERM', 'EACCES', 'EBUSY', 'EEXIST']) {
    const fault = rig.fake.fail(['renameSync'], name);
    equal([await rig.container.putMany([entryFor(key)]), await has(rig, key)], [1, true], name);
    fault.lift();
  }
});

check('looking around that fails keeps nothing new, and fails nobody but who deletes', async (rig) => {
  const told: CacheTrouble[] = [];
  const { container } = rig;
  container.onTrouble = (trouble) => void told.push(trouble);
  const fault = rig.fake.fail(['listSync', 'statSync', 'touchSync', 'removeFolder'], 'EACCES');
  equal([await container.putMany([entryFor(keyOf('a'))]), await container.scrub()], [0, 0]);
  equal((await container.usage()).entries, 0);
  await rejects(container.delete({ namespace: keyOf('a').namespace }), 'ServerError');
  await rejects(container.objects({ namespace: keyOf('a').namespace }), 'ServerError');
  equal(await container.evict(0), { removed: 0, bytes: 0 });
  container.touch([keyOf('a')]);
  equal(told, [{ code: 'unavailable', name: 'EACCES' }]);
  fault.lift();
  equal(await container.putMany([entryFor(keyOf('a'))]), 1);
});

check(
  'values that cannot be removed do not let the rest grow above the budget',
  async (rig) => {
    const fault = rig.fake.fail(['removeSync'], 'EBUSY');
    for (let i = 0; i < 40; i++) await rig.container.putMany([entryFor(keyOf(i, 50_000))]);
    const { bytes } = await rig.container.usage();
    ok(bytes <= MiB && bytes > MiB / 2, `${bytes} bytes`);
    fault.lift();
    equal(await rig.container.putMany([entryFor(keyOf('new', 50_000))]), 1);
  },
  MiB,
);

check('nothing is flushed unless that is asked for', async ({ container, fake }) => {
  await container.putMany([entryFor(keyOf('a'))]);
  equal(fake.durable.at(-1), false);
  await container.putMany([entryFor(keyOf('b'))], { durable: true });
  equal(fake.durable.at(-1), true);
  equal(container.getSync!(keyOf('b'))?.bytes.length, 1000);
});

check('the time of use is set once a minute at most', async (rig) => {
  const { container, fake, age } = rig;
  const key = keyOf('a');
  const touched = (): number => fake.calls.touchSync ?? 0;
  await container.putMany([entryFor(key)]);
  for (let i = 0; i < 5; i++) container.getSync!(key);
  equal([touched(), fake.calls.statSync ?? 0], [0, 0], 'it was put just now');
  await age!();
  for (let i = 0; i < 5; i++) container.getSync!(key);
  container.touch([key]);
  equal(touched(), 1);
});

check('folders that vanish are made again', async (rig) => {
  const key = keyOf('a');
  for (const folder of ['v1/tmp', `v1/${key.namespace}`, 'v1', '.']) {
    equal(await rig.container.putMany([entryFor(key)]), 1);
    await rig.real.removeFolder(folder === '.' ? '../anyfile' : folder);
    equal([await has(rig, key), await rig.container.putMany([entryFor(key)])], [folder === 'v1/tmp', 1], folder);
    equal(await has(rig, key), true);
  }
});

check('scrub removes old formats that nobody uses, and leaves newer ones and what is not ours', async (rig) => {
  const { container, real } = rig;
  await container.putMany([entryFor(keyOf('a'))]);
  const monthAgo = Date.now() - 31 * 24 * 3_600_000;
  for (const name of ['v0/ns/ab', 'v0/tmp', 'v2/tmp', 'other']) real.makeFolderSync(name);
  for (const name of ['v0/ns', 'v0/tmp', 'v0', 'v2/tmp', 'v2', 'other']) real.touchSync(name, monthAgo);
  real.touchSync('v0/tmp', Date.now());
  equal([await container.scrub(), real.listSync('.').sort()], [0, ['other', 'v0', 'v1', 'v2']], 'v0 is in use');
  real.touchSync('v0/tmp', monthAgo);
  equal([await container.scrub(), real.listSync('.').sort()], [1, ['other', 'v1', 'v2']]);
});

check('a file of a foreign name is neither counted nor removed', async ({ container, real }) => {
  const key = keyOf('a');
  await container.putMany([entryFor(key)]);
  const { folder } = placeOf(key);
  await real.write(`${folder}/README`, [new Uint8Array(9)], false);
  equal((await container.usage()).entries, 1);
  await container.evict(0);
  equal(pathsBelow(real, `v1/${key.namespace}`), [`${folder}/README`]);
});

check('the largest value that may be', async (rig) => {
  const key = keyOf('a', maxValueBytes);
  equal([await rig.container.putMany([entryFor(key)]), await has(rig, key)], [1, true]);
});

test('disk container: none where there are no files', async () => {
  const container = await openDiskContainer({ folder: '/nowhere/at/all' });
  if (container) equal([container.kind, (await container.getMany([keyOf('a')]))[0]], ['disk', undefined]);
});
