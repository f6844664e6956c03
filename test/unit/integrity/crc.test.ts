/** The CRC kernels, and what stands in for them, against the definition bit by bit. */
import fc from 'fast-check';
import { combineCrc, combineCrc32, combineCrc32c, combineCrc64nvme, crc32, crc32c, crc64nvme } from '../../../src/hash.ts';
import * as plain from '../../../src/util/crc.ts';
import { withKernel } from '../../../src/integrity/kernels/choose.ts';
import { crc32InPlace, crc32Kernel, crc64Kernel, FOLDED } from '../../../src/wasm/crc.ts';
import crc32Text from '../../../wasm/built/crc32.wasm';
import crc32cText from '../../../wasm/built/crc32c.wasm';
import { env } from '../../env.ts';
import { equal, rejects, test } from '../../harness.ts';

/** Bytes without a pattern; xorshift32. */
function noise(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  let x = seed;
  return Uint8Array.from({ length }, () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x;
  });
}

/** The CRCs of all prefixes, bit by bit. */
function prefixes32(bytes: Uint8Array, poly: number): Uint32Array {
  const out = new Uint32Array(bytes.length + 1);
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) {
    crc ^= bytes[i]!;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (-(crc & 1) & poly);
    out[i + 1] = ~crc;
  }
  return out;
}

/** The same for 64 bits, in halves: low, high. */
function prefixes64(bytes: Uint8Array): [Uint32Array, Uint32Array] {
  const lows = new Uint32Array(bytes.length + 1);
  const highs = new Uint32Array(bytes.length + 1);
  let [low, high] = [-1, -1];
  for (let i = 0; i < bytes.length; i++) {
    low ^= bytes[i]!;
    for (let bit = 0; bit < 8; bit++) {
      const out = -(low & 1);
      low = ((low >>> 1) | (high << 31)) ^ (out & 0xac4bc9b5);
      high = (high >>> 1) ^ (out & 0x9a6c9329);
    }
    lows[i + 1] = ~low;
    highs[i + 1] = ~high;
  }
  return [lows, highs];
}

const polys = { crc32: 0xedb88320, crc32c: 0x82f63b78 };
const functions = { crc32, crc32c };
const LENGTH = 20_000;

for (const name of ['crc32', 'crc32c'] as const) {
  test(`${name}: every length from 0 to 20,000`, () => {
    const bytes = noise(LENGTH);
    const want = prefixes32(bytes, polys[name]);
    for (let n = 0; n <= LENGTH; n++) if (functions[name](bytes.subarray(0, n)) !== want[n]) equal(n, -1, 'the length that is wrong');
  });
}

test('crc64nvme: every length from 0 to 20,000', () => {
  const bytes = noise(LENGTH);
  const [low, high] = prefixes64(bytes);
  for (let n = 0; n <= LENGTH; n++)
    if (crc64nvme(bytes.subarray(0, n)) !== (BigInt(high[n]!) << 32n) + BigInt(low[n]!)) equal(n, -1, 'the length that is wrong');
});

test('CRCs: more than a kernel takes at once, at every offset', () => {
  const bytes = noise(4 * 131_072 + 100);
  const want = { crc32: prefixes32(bytes, polys.crc32), crc32c: prefixes32(bytes, polys.crc32c) };
  const [low, high] = prefixes64(bytes);
  for (const n of [65_536, 131_071, 131_072, 131_073, 262_143, 262_144, 262_145, 380_000, bytes.length]) {
    const part = bytes.subarray(0, n);
    equal([crc32(part), crc32c(part)], [want.crc32[n], want.crc32c[n]], `${n} bytes`);
    equal(crc64nvme(part), (BigInt(high[n]!) << 32n) + BigInt(low[n]!), `${n} bytes`);
  }
  for (const n of [15, 64, 700, 5000, 15_000]) {
    const room = new Uint8Array(n + 32).fill(255);
    for (let offset = 0; offset < 32; offset++) {
      room.set(bytes.subarray(0, n), offset);
      const part = room.subarray(offset, offset + n);
      equal([crc32(part), crc32c(part)], [want.crc32[n], want.crc32c[n]], `${n} bytes at ${offset}`);
      equal(crc64nvme(part), (BigInt(high[n]!) << 32n) + BigInt(low[n]!), `${n} bytes at ${offset}`);
    }
  }
});

/** Where to cut: near the edges of the kernel's stages, or anywhere. */
const cuts = fc.tuple(
  fc.oneof(fc.nat(300), fc.nat(3000), fc.integer({ min: 13_900, max: 14_100 }), fc.nat(40_000)),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

test('CRCs: 10,000 splits, by seed and by combine', () => {
  const bytes = noise(41_100, 7);
  const all = { crc32: prefixes32(bytes, polys.crc32), crc32c: prefixes32(bytes, polys.crc32c) };
  const [low, high] = prefixes64(bytes);
  fc.assert(
    fc.property(cuts, ([length, share]) => {
      const cut = Math.floor(share * length);
      const [a, b] = [bytes.subarray(0, cut), bytes.subarray(cut, length)];
      const [c32, c32c, c64] = [crc32(a), crc32c(a), crc64nvme(a)];
      const want64 = (BigInt(high[length]!) << 32n) + BigInt(low[length]!);
      if (crc32(b, c32) !== all.crc32[length] || crc32c(b, c32c) !== all.crc32c[length] || crc64nvme(b, c64) !== want64)
        throw new Error('by seed');
      if (combineCrc32(c32, crc32(b), b.length) !== all.crc32[length]) throw new Error('crc32');
      if (combineCrc32c(c32c, crc32c(b), b.length) !== all.crc32c[length]) throw new Error('crc32c');
      if (combineCrc64nvme(c64, crc64nvme(b), b.length) !== want64) throw new Error('crc64nvme');
    }),
    { seed: env().seed, numRuns: env().engine.startsWith('node') ? 10_000 : 1000 },
  );
});

test('CRCs: any seed, as in plain JavaScript', () => {
  const kinds = [fc.nat(0xffffffff), fc.bigInt({ min: 0n, max: 0xffffffffffffffffn })] as const;
  fc.assert(
    fc.property(...kinds, fc.nat(2000), (seed, wide, length) => {
      const bytes = noise(length, (seed | 1) >>> 1 || 1);
      equal([crc32(bytes, seed), crc32c(bytes, seed)], [plain.crc32(bytes, seed), plain.crc32c(bytes, seed)]);
      const state: plain.Crc64State = [~Number(BigInt.asIntN(32, wide)), ~Number(BigInt.asIntN(32, wide >> 32n))];
      plain.updateCrc64nvme(state, bytes);
      equal(crc64nvme(bytes, wide), (BigInt(~state[1] >>> 0) << 32n) | BigInt(~state[0] >>> 0));
    }),
    { seed: env().seed, numRuns: 200 },
  );
});

test('CRCs: pieces that are folded one behind the other, and what was folded and left', () => {
  const bytes = noise(300_000, 11);
  const texts = { crc32: crc32Text, crc32c: crc32cText };
  for (const name of ['crc32', 'crc32c'] as const) {
    const kernel = crc32InPlace(texts[name])!;
    const { window } = kernel;
    const pieces = fc.array(fc.oneof(fc.integer({ min: 8192, max: 8300 }), fc.integer({ min: 8192, max: window.length })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(pieces, fc.nat(9000), fc.nat(0xffffffff), fc.boolean(), (lengths, end, seed, left) => {
        if (left) {
          window.set(bytes.subarray(0, 10_000));
          kernel.fold(10_000, seed);
          kernel.reset();
        }
        let [at, filled, crc] = [0, 0, seed];
        const add = (length: number): void => {
          const some = Math.min(length, window.length - filled, bytes.length - at);
          window.set(bytes.subarray(at, at + some), filled);
          filled += some;
          at += some;
        };
        for (const length of lengths) {
          add(length);
          filled = kernel.fold(filled, crc);
          crc = FOLDED;
        }
        add(end);
        equal(kernel.take(filled, crc), functions[name](bytes.subarray(0, at), seed));
        // The next one begins from nothing.
        window.set(bytes.subarray(0, 20_000));
        equal(kernel.take(20_000, 0), functions[name](bytes.subarray(0, 20_000)));
      }),
      { seed: env().seed, numRuns: 100 },
    );
  }
});

test('combine: lengths up to 2^53, and digests as stores print them', async () => {
  // A second piece of zeros is what a register that is shifted on would have, so lengths add up.
  const lengths = [0, 1, 2 ** 31, 2 ** 32 + 1, 2 ** 40, 2 ** 52, 2 ** 53];
  for (const length of lengths) {
    const half = Math.floor(length / 2);
    const once = combineCrc32c(0x12345678, 0, length);
    equal(combineCrc32c(combineCrc32c(0x12345678, 0, half), 0, length - half), once, `${length} bytes`);
    const wide = combineCrc64nvme(0x123456789abcdef0n, 0n, length);
    equal(combineCrc64nvme(combineCrc64nvme(0x123456789abcdef0n, 0n, half), 0n, length - half), wide, `${length} bytes`);
  }
  const [a, b] = [noise(70, 3), noise(90, 4)];
  const both = new Uint8Array([...a, ...b]);
  const digest = (value: bigint, size: number): Uint8Array => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, value);
    return new Uint8Array(view.buffer, 8 - size).slice();
  };
  for (const name of ['crc32', 'crc32c'] as const) {
    const of = (bytes: Uint8Array): Uint8Array => digest(BigInt(functions[name](bytes)), 4);
    equal(combineCrc(name, of(a), of(b), b.length), of(both), name);
  }
  const of = (bytes: Uint8Array): Uint8Array => digest(crc64nvme(bytes), 8);
  equal(combineCrc('crc64nvme', of(a), of(b), b.length), of(both));
  for (const length of [-1, 0.5, NaN, Infinity, 2 ** 54]) await rejects(() => combineCrc32(1, 2, length), 'InvalidArgument');
  await rejects(() => combineCrc('crc32c', new Uint8Array(8), new Uint8Array(4), 1), 'InvalidArgument');
  await rejects(() => combineCrc('crc64nvme', new Uint8Array(8), new Uint8Array(4), 1), 'InvalidArgument');
});

test('CRCs: where no kernel can be had, plain JavaScript gives the same', () => {
  // What a page's policy does to the constructor, text that is no module does too.
  const steps = [crc32Kernel('AAAA'), crc64Kernel('AAAA')];
  equal(steps, [undefined, undefined]);
  let asked = 0;
  const step = withKernel<number, number>(() => (asked++, undefined), plain.crc32c);
  for (const n of [0, 63, 64, 65, 1000, 20_000]) equal(step(noise(n), 5), crc32c(noise(n), 5), `${n} bytes`);
  // Nothing is compiled for what is too short to gain by it.
  equal(asked, 1);
});
