// What is transferred: many files of all sizes, the same every time, and one large file.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cachedFolder } from '../../tools/cache.mjs';

const folders = 20;
const [least, most] = [1024, 4 << 20];

/** Numbers from 0 to 1 that are the same every time. */
function randomizer(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 12), 0x297a2d39);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that nothing can squeeze, different for each seed. */
function bytesOf(seed, length) {
  const words = new Uint32Array(Math.ceil(length / 4));
  let x = (seed * 0x9e3779b1 + 1) >>> 0 || 1;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x >>> 0;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/**
 * Sizes between 1 KiB and 4 MiB, evenly on a scale that is bent until they have the wanted sum.
 *
 * @param files how many
 * @param totalBytes their sum, kept within a hundredth
 */
export function sizesOf({ files, totalBytes }) {
  const random = randomizer(7);
  const places = Array.from({ length: files }, random);
  const sizesAt = (bend) => places.map((place) => Math.floor(least * (most / least) ** (place ** bend)));
  let [low, high] = [0.1, 8];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    const sum = sizesAt(middle).reduce((total, size) => total + size, 0);
    if (sum > totalBytes) low = middle;
    else high = middle;
  }
  return sizesAt(low);
}

/**
 * Makes the tree, once, in the cache.
 *
 * @returns its folder, and each file's `{ name, sizeBytes, md5 }`
 */
export async function makeTree({ files, totalBytes }) {
  const all = sizesOf({ files, totalBytes }).map((sizeBytes, i) => ({
    name: `d${String(i % folders).padStart(2, '0')}/f${String(i).padStart(5, '0')}.bin`,
    sizeBytes,
  }));
  const contents = all.map(
    ({ sizeBytes }, i) =>
      () =>
        bytesOf(i + 1, sizeBytes),
  );
  const dir = await cachedFolder(`bench-transfer-tree-1-${files}-${totalBytes}`, (work) => {
    for (const [i, { name }] of all.entries()) {
      mkdirSync(dirname(join(work, name)), { recursive: true });
      writeFileSync(join(work, name), contents[i]());
    }
  });
  return { dir, files: all.map((file, i) => ({ ...file, md5: createHash('md5').update(contents[i]()).digest('hex') })) };
}

/** Makes the large file, once, in the cache. @returns its path and its MD5 */
export async function makeLarge(sizeBytes) {
  const pieceBytes = 16 << 20;
  const pieces = Array.from({ length: Math.ceil(sizeBytes / pieceBytes) }, (_, i) => [
    i + 1,
    Math.min(pieceBytes, sizeBytes - i * pieceBytes),
  ]);
  const dir = await cachedFolder(`bench-transfer-large-1-${sizeBytes}`, (work) => {
    for (const [seed, length] of pieces) writeFileSync(join(work, 'large.bin'), bytesOf(seed, length), { flag: 'a' });
  });
  const md5 = () => {
    const hash = createHash('md5');
    for (const [seed, length] of pieces) hash.update(bytesOf(seed, length));
    return hash.digest('hex');
  };
  return { path: join(dir, 'large.bin'), sizeBytes, md5 };
}
