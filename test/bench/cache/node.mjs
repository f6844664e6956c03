// The cases in this process: node node.mjs JOB, with the job as JSON; one line of JSON comes out.
import { createHash, randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, promises, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { sizes } from './cases.mjs';

const job = JSON.parse(process.argv[2]);
const { crc32cInPlace, openDiskContainer } = await import(pathToFileURL(join(job.inner, 'disk.js')).href);
const folder = mkdtempSync(join(tmpdir(), 'anyfile-bench-'));

const namespaces = { read: '0123456789abcdef', written: 'fedcba9876543210' };
const keyOf = (namespace, name, sizeBytes) => ({ namespace, object: createHash('sha1').update(name).digest('hex'), part: 0, sizeBytes });

/** Random bytes: what compresses would flatter whoever compresses. */
const randomBytes = (sizeBytes) => randomFillSync(new Uint8Array(sizeBytes));

// As a reader's: what was got is held for a while, so that buffers are new ones.
const held = [];
let heldBytes = 0;
function hold(bytes) {
  held.push(bytes);
  heldBytes += bytes.length;
  while (heldBytes > 64 * 2 ** 20) heldBytes -= held.shift().length;
}

function readRaw(path, sizeBytes) {
  const file = openSync(path, 'r');
  const bytes = new Uint8Array(sizeBytes);
  readSync(file, bytes, 0, sizeBytes, 0);
  closeSync(file);
  return bytes;
}

// What checking takes at least: of bytes that are in the processor's cache, where the kernel reads them.
const kernel = crc32cInPlace();
function checkAlone(sizeBytes) {
  kernel.reset();
  for (let left = sizeBytes; left > 0; left -= kernel.window.length) kernel.take(Math.min(left, kernel.window.length), 0);
}

async function timed(times, task) {
  const start = performance.now();
  for (let i = 0; i < times; i++) await task(i);
  const ms = (performance.now() - start) / times;
  return { rate: 1000 / ms, us: ms * 1000 };
}

/** All ways in turn, each round beginning with another. */
async function inTurn(ways, times, between = async () => {}) {
  const names = Object.keys(ways);
  const rounds = [];
  // The first one warms up.
  for (let round = -1; round < job.rounds; round++) {
    const result = {};
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + names.length) % names.length];
      result[name] = await timed(times, (call) => ways[name](call));
      await between();
    }
    if (round >= 0) rounds.push(result);
  }
  return rounds;
}

async function measure({ size, sizeBytes, files, batch }, disk) {
  const plain = join(folder, `plain-${sizeBytes}`);
  mkdirSync(plain);
  const keys = [];
  for (let i = 0; i < files; i++) {
    const bytes = randomBytes(sizeBytes);
    await promises.writeFile(join(plain, `${i}`), bytes);
    keys.push(keyOf(namespaces.read, `${sizeBytes} ${i}`, sizeBytes));
    if ((await disk.putMany([{ ...keys[i], bytes }])) !== 1) throw new Error('a value was not kept');
  }
  let at = 0;
  const next = () => (at = (at + 1) % files);
  const checked = (entry) => {
    if (entry?.bytes.length !== sizeBytes) throw new Error('a value is missing');
    hold(entry.bytes);
  };
  const get = {
    'openSync+readSync+closeSync': () => hold(readRaw(join(plain, `${next()}`), sizeBytes)),
    'CRC-32C alone': () => checkAlone(sizeBytes),
    getSync: () => checked(disk.getSync(keys[next()])),
    getMany: async () => checked((await disk.getMany([keys[next()]]))[0]),
    'promises.readFile': async () => hold(await promises.readFile(join(plain, `${next()}`))),
  };
  const bytes = randomBytes(sizeBytes);
  const keyFor = (name) => keyOf(namespaces.written, `${sizeBytes} ${name}`, sizeBytes);
  let made = [];
  const put = {
    'promises.writeFile': async (call) => {
      const path = join(plain, `new-${call}`);
      made.push(path);
      await promises.writeFile(path, bytes);
    },
    putMany: async (call) => {
      if ((await disk.putMany([{ ...keyFor(call), bytes }])) !== 1) throw new Error('a value was not kept');
    },
  };
  // At once, so that neither has the other's bytes written to the disk in its time.
  const clear = async () => {
    // One by one: a namespace would take its folders along, which are there in use.
    for (let call = 0; call < batch; call++) await disk.delete(keyFor(call));
    for (const path of made) rmSync(path, { force: true });
    made = [];
  };
  return [
    { does: 'get', size, rounds: await inTurn(get, batch) },
    { does: 'put', size, rounds: await inTurn(put, batch, clear) },
  ];
}

try {
  const disk = await openDiskContainer({ folder, budgetBytes: 2 ** 30 });
  const measured = [];
  for (const one of sizes) {
    measured.push(...(await measure(one, disk)));
    await disk.delete({ namespace: namespaces.read });
  }
  process.stdout.write(`${JSON.stringify({ measured })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: String(error?.stack ?? error) })}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
