// Runs in a browser's page: IndexedDB containers beside bare idb-keyval and files in OPFS, all ways in turn.
import { createStore, get as bareGet, getMany as bareGetMany, set as bareSet, setMany as bareSetMany } from 'idb-keyval';
import { createEncryptedContainer, ENCRYPTION_BYTES, encryptionKey, openIndexedDbContainer, prepareHash } from './inner/idb.ts';
import { eight, pageSizes } from './cases.mjs';

const namespace = '0123456789abcdef';
const MiB = 1024 * 1024;
let counter = 0;
/** Blocks of objects, so many of each; each place is used once. */
const partsOf = 96;
const keyOf = (sizeBytes) => {
  const part = counter++ % partsOf;
  return {
    namespace,
    object: Math.floor((counter - 1) / partsOf)
      .toString(16)
      .padStart(40, '0'),
    part,
    sizeBytes,
  };
};
/** The name of its own that a file or a bare row has. */
const nameOf = ({ object, part }) => `${object}.${part}`;

/** Random bytes: both Chromium and Firefox compress what they store. */
function randomBytes(sizeBytes) {
  const bytes = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

async function timed(times, task) {
  const start = performance.now();
  for (let i = 0; i < times; i++) await task(i);
  const ms = (performance.now() - start) / times;
  return { rate: 1000 / ms, us: ms * 1000 };
}

/** As in node.mjs. */
async function inTurn(ways, times, rounds) {
  const names = Object.keys(ways);
  const results = [];
  for (let round = -1; round < rounds; round++) {
    const result = {};
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + names.length) % names.length];
      result[name] = await timed(times, (call) => ways[name](call));
    }
    if (round >= 0) results.push(result);
  }
  return results;
}

const checked = (bytes, sizeBytes) => {
  if (bytes?.byteLength !== sizeBytes) throw new Error('a value is missing');
};

/** Files of their own: what a cache in OPFS would be in a page. */
function filesIn(folder) {
  return {
    async get(key) {
      const file = await (await folder.getFileHandle(nameOf(key))).getFile();
      return await file.arrayBuffer();
    },
    async put(key, bytes) {
      const writer = await (await folder.getFileHandle(nameOf(key), { create: true })).createWritable();
      await writer.write(bytes);
      await writer.close();
    },
  };
}

async function measure({ rounds }) {
  await prepareHash('crc32c');
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('bench', { create: true });
  const files = filesIn(folder);
  const bare = createStore('bench-bare', 'e');
  const container = await openIndexedDbContainer({ name: 'bench-cache', budgetBytes: 2 ** 31 });
  const inner = await openIndexedDbContainer({ name: 'bench-sealed', budgetBytes: 2 ** 31, maxValueBytes: 8 * MiB + ENCRYPTION_BYTES });
  const sealed = createEncryptedContainer(inner, await encryptionKey({ name: 'bench-key' }));
  const measured = [];
  for (const { size, sizeBytes, values, batch } of pageSizes) {
    const keys = Array.from({ length: values }, () => keyOf(sizeBytes));
    for (const key of keys) {
      const bytes = randomBytes(sizeBytes);
      await bareSet(nameOf(key), bytes.slice().buffer, bare);
      await files.put(key, bytes);
      for (const one of [container, sealed]) if ((await one.putMany([{ ...key, bytes }])) !== 1) throw new Error('a value was not kept');
    }
    let at = 0;
    const next = () => keys[(at = (at + 1) % values)];
    const some = () => Array.from({ length: eight }, next);
    const one = async (from) => checked((await from.getMany([next()]))[0]?.bytes, sizeBytes);
    const get = {
      'idb-keyval': async () => checked(await bareGet(nameOf(next()), bare), sizeBytes),
      container: () => one(container),
      encrypted: () => one(sealed),
      'OPFS file': async () => checked(await files.get(next()), sizeBytes),
    };
    const get8 = {
      'idb-keyval': async () => (await bareGetMany(some().map(nameOf), bare)).forEach((value) => checked(value, sizeBytes)),
      container: async () => (await container.getMany(some())).forEach((entry) => checked(entry?.bytes, sizeBytes)),
      encrypted: async () => (await sealed.getMany(some())).forEach((entry) => checked(entry?.bytes, sizeBytes)),
      'OPFS files': async () => (await Promise.all(some().map((key) => files.get(key)))).forEach((value) => checked(value, sizeBytes)),
    };
    const bytes = randomBytes(sizeBytes);
    // So many that all ways fit into the quota of WebKit, and no one is written over soon.
    const ring = Array.from({ length: 4 * batch }, () => keyOf(sizeBytes));
    let turn = 0;
    const newKey = () => ring[(turn = (turn + 1) % ring.length)];
    const put = {
      'idb-keyval': () => bareSet(nameOf(newKey()), bytes.buffer, bare),
      container: () => container.putMany([{ ...newKey(), bytes }]),
      encrypted: () => sealed.putMany([{ ...newKey(), bytes }]),
    };
    const fresh = () => Array.from({ length: eight }, newKey);
    const put8 = {
      'idb-keyval': () =>
        bareSetMany(
          fresh().map((key) => [nameOf(key), bytes.buffer]),
          bare,
        ),
      container: () => container.putMany(fresh().map((key) => ({ ...key, bytes }))),
      'OPFS files': () => Promise.all(fresh().map((key) => files.put(key, bytes))),
    };
    measured.push({ does: 'get', size, rounds: await inTurn(get, batch, rounds) });
    measured.push({ does: 'put', size, rounds: await inTurn(put, batch, rounds) });
    if (sizeBytes > MiB) continue;
    measured.push({ does: '8 gets', size, rounds: await inTurn(get8, Math.ceil(batch / 4), rounds) });
    measured.push({ does: '8 puts', size, rounds: await inTurn(put8, Math.ceil(batch / 8), rounds) });
  }
  await container.close();
  await sealed.close();
  return measured;
}

const report = async (body) => void (await fetch('/result', { method: 'POST', body: JSON.stringify(body) }));
try {
  await report({ measured: await measure(await (await fetch('/job.json')).json()) });
} catch (error) {
  await report({ error: String(error?.stack ?? error) });
}
