/** MD5 and SHA-256 by the kernels: alone, four at a time, and against plain JavaScript. */
import fc from 'fast-check';
import { createHasher, hmacSha256, md5, md5Many, sha256, toHex } from '../../../src/hash.ts';
import { kernelEngine } from '../../../src/integrity/kernels/choose.ts';
import { plainMd5 } from '../../../src/integrity/md5.ts';
import { digestOn } from '../../../src/integrity/running.ts';
import { plainSha256 } from '../../../src/integrity/sha256.ts';
import { hmacSha256 as plainHmac } from '../../../src/util/sha256.ts';
import { md5Kernel } from '../../../src/wasm/md5.ts';
import { sha256Kernel } from '../../../src/wasm/sha256.ts';
import { env } from '../../env.ts';
import { equal, test } from '../../harness.ts';

const filled = (length: number, seed: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, i) => (i * 73 + seed * 31 + (i >> 5)) & 255);
const plain = (bytes: Uint8Array): string => toHex(digestOn(plainMd5, bytes));

test('md5Many: every length from 0 to 200, in every lane', () => {
  const buffers = Array.from({ length: 201 }, (_, n) => filled(n, n));
  const want = buffers.map(plain);
  equal(
    buffers.map((bytes) => toHex(md5(bytes))),
    want,
  );
  equal(md5Many(buffers).map(toHex), want);
  for (let n = 0; n <= 196; n++) {
    const four = buffers.slice(n, n + 4);
    for (const some of [four, four.toReversed(), four.slice(1), four.slice(2), four.slice(3)])
      equal(
        md5Many(some).map(toHex),
        some.map((bytes) => want[bytes.length]!),
        `from ${n} bytes`,
      );
  }
  equal(md5Many([]), []);
});

test('md5Many: buffers of mixed lengths, more than a lane takes at once among them', () => {
  const length = fc.oneof(fc.nat(200), fc.nat(5000), fc.constantFrom(32_703, 32_704, 32_767, 32_768, 32_769, 65_536, 70_000));
  fc.assert(
    fc.property(fc.array(length, { maxLength: 9 }), (lengths) => {
      const buffers = lengths.map(filled);
      equal(md5Many(buffers).map(toHex), buffers.map(plain));
    }),
    { seed: env().seed, numRuns: 40 },
  );
});

test('md5Many: the buffers are not touched, and one may come twice', () => {
  const one = filled(1000, 3);
  const copy = one.slice();
  const digests = md5Many([one, one, one.subarray(1), one]);
  equal(digests.map(toHex), [one, one, one.subarray(1), one].map(plain));
  equal(one, copy);
});

test('md5, sha256: the kernels in pieces, and two at a time, as plain JavaScript at once', () => {
  for (const [name, engine] of [
    ['md5', plainMd5],
    ['sha256', plainSha256],
  ] as const) {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 8 }), (pieces) => {
        // what can be saved is never the runtime's own
        const hashes = [createHasher(name, { savable: true }), createHasher(name, { savable: true })];
        const all = [0, 1].map((seed) => pieces.map((length, i) => filled(length, 2 * i + seed)));
        for (const i of pieces.keys()) for (const [k, hash] of hashes.entries()) hash.update(all[k]![i]!);
        for (const [k, hash] of hashes.entries()) {
          const whole = Uint8Array.from(all[k]!.flatMap((piece) => [...piece]));
          equal(toHex(hash.digest()), toHex(digestOn(engine, whole)), name);
        }
      }),
      { seed: env().seed, numRuns: 60 },
    );
    const long = filled(300_000, 1);
    const hash = createHasher(name, { savable: true });
    hash.update(long);
    equal(toHex(hash.digest()), toHex(digestOn(engine, long)), `${name} of more than the kernel takes at once`);
  }
});

test('md5, sha256: where no kernel can be had, plain JavaScript gives the same', () => {
  equal([md5Kernel('AAAA'), sha256Kernel('AAAA')], [undefined, undefined]);
  const bytes = filled(3000, 9);
  const engines = [kernelEngine(() => undefined, plainMd5), kernelEngine(() => undefined, plainSha256)];
  equal(
    engines.map((engine) => toHex(digestOn(engine, bytes))),
    [toHex(md5(bytes)), toHex(sha256(bytes))],
  );
  equal(
    engines.map((engine) => engine.create(true).state!().length),
    [88, 104],
  );
});

test('hmacSha256: long messages by the kernel or the runtime, as in plain JavaScript', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 140 }), fc.nat(5000), (key, length) => {
      const message = filled(length, 5);
      equal(hmacSha256(key, message), plainHmac(key, message));
      equal(hmacSha256(toHex(key), 'ü'.repeat(length)), plainHmac(toHex(key), 'ü'.repeat(length)));
    }),
    { seed: env().seed, numRuns: 60 },
  );
});
