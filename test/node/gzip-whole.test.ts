/** libdeflate beside zlib: what each makes the other decodes, and how large it is. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { gunzipWhole, gzipWhole } from '../../src/wasm/gzip.ts';
import { env } from '../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';

function randomizer(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** Cells around random points on a plane, as in a segmentation. */
function labels(length: number, width: number, count: number): Uint8Array<ArrayBuffer> {
  const random = randomizer(4);
  const height = length / 4 / width;
  const points = Array.from({ length: count }, () => [random() * width, random() * height, Math.floor(random() * 2 ** 32)] as const);
  const values = new Uint32Array(width * height).map((_, i) => {
    let least = Infinity;
    let value = 0;
    for (const [x, y, label] of points) {
      const distance = (x - (i % width)) ** 2 + (y - Math.floor(i / width)) ** 2;
      if (distance < least) [least, value] = [distance, label];
    }
    return value;
  });
  return new Uint8Array(values.buffer);
}

test('libdeflate: its checksum and its data are those of zlib, also around the length that is taken at a time', async () => {
  const random = randomizer(env().seed);
  const bytes = Uint8Array.from({ length: 300_000 }, () => random() * 40);
  for (const length of [1, 511, 512, 513, 13_999, 14_000, 131_071, 131_072, 131_073, 262_144, 262_145, 300_000]) {
    const part = bytes.subarray(300_000 - length);
    const packed = await gzipWhole(part, 1);
    sameBytes(gunzipSync(packed), part, `ours of ${length} bytes`);
    sameBytes((await gunzipWhole(gzipSync(part), length)).out, part, `theirs of ${length} bytes`);
    packed[packed.length - 8]! ^= 1;
    await rejects(gunzipWhole(packed, length), 'DecompressionError');
  }
});

test('libdeflate: members of any sizes one behind the other, whatever the last one tells', async () => {
  const random = randomizer(env().seed);
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i >> 4) ^ (random() * 3));
  for (const ends of [
    [2_900_000, 2_900_001],
    [1, 2_900_000],
    [70_000, 500_000, 500_010, 3_000_000],
    [0, 400_000, 400_000],
  ]) {
    const plain = bytes.subarray(0, ends.at(-1));
    const packed = Buffer.concat(ends.map((end, i) => gzipSync(bytes.subarray(ends[i - 1] ?? 0, end))));
    const { out, taken } = await gunzipWhole(packed, 10_000_000);
    sameBytes(out, plain);
    equal(taken, packed.length);
    const part = await gunzipWhole(packed, plain.length - 1);
    ok(part.taken < packed.length && part.out.length < plain.length, 'not one byte beyond the limit');
  }
});

test('libdeflate: images of labels become at most 1.3 times as large as by zlib, at each level that both have', async () => {
  for (const [width, count] of [
    [512, 40],
    [256, 100],
  ] as const) {
    const bytes = labels(0x100000, width, count);
    for (let level = 1; level <= 9; level++) {
      const ratio = (await gzipWhole(bytes, level)).length / gzipSync(bytes, { level }).length;
      ok(ratio <= 1.3, `level ${level}: at most 1.3 instead of ${ratio.toFixed(3)}`);
    }
  }
});

test('libdeflate: noisy numbers are packed by the first level where looking for more finds less than a hundredth', async () => {
  const random = randomizer(3);
  const field = new Float32Array(0x8_0000).map((_, i) => Math.sin(i / 300) * 100 + Math.cos(i / 41) * 10 + random() * 0.5);
  const numbers = new Uint8Array(field.buffer);
  const text = new TextEncoder().encode(
    Array.from({ length: 40_000 }, (_, i) => `{"id":${i},"value":${Math.floor(random() * 1e5)}}`).join('\n'),
  );
  // Numbers alone are where level 6 finds nothing: behind a MiB of text it looks on.
  const mixed = new Uint8Array(0x20_0000 + 5);
  mixed.set(text.subarray(0, 0x10_0000));
  mixed.set(numbers.subarray(0, 0x10_0000), 0x10_0000);
  const sizes: Record<string, Record<number, number>> = {};
  for (const [name, bytes] of Object.entries({ numbers, text, mixed })) {
    sizes[name] = {};
    for (const level of [1, 6, 9, 10]) {
      const packed = await gzipWhole(bytes, level);
      sameBytes(gunzipSync(packed), bytes, `${name} at level ${level}`);
      sizes[name][level] = packed.length;
    }
  }
  equal(sizes['numbers']![6], sizes['numbers']![1], 'numbers at level 6 and 1');
  equal(sizes['numbers']![9], sizes['numbers']![1], 'numbers at level 9 and 1');
  ok(sizes['numbers']![10] !== sizes['numbers']![1], 'level 10 looks');
  for (const name of ['text', 'mixed']) ok(sizes[name]![6]! < sizes[name]![1]! * 0.99, `${name}: ${JSON.stringify(sizes[name])}`);
});
