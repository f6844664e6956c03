/**
 * Codecs and bytes that are not what they should be: never a part, never other bytes, never more than allowed.
 *
 * @module
 */
import { concat } from '../../src/util/bytes.ts';
import { equal, ok, rejects, sameBytes } from '../harness.ts';
import { utf8, type CodecTraits } from './codec-traits.ts';
import { noise } from './noise.ts';

/** Zeros, a gigabyte when decoded: made of few bytes, cheaply. */
export async function bomb({ codec, joins, encoding }: CodecTraits): Promise<Uint8Array> {
  // brotli cannot be put together of parts, and one part takes its time
  const one = await codec.compress(new Uint8Array(joins ? 0x400000 : 0x1000000), { level: encoding === 'zstd' ? 3 : 1 });
  return joins ? concat(Array.from({ length: 256 }, () => one)) : one;
}

/** Registers the checks. */
export function faultChecks(traits: CodecTraits, check: (what: string, fn: () => Promise<void>) => void): void {
  const { codec, checked, joins, padding } = traits;
  const { compress, decompress } = codec;
  const small = utf8('the quick brown fox jumps over the lazy dog');

  check('what is nothing of the kind', async () => {
    for (const bytes of [
      new Uint8Array(),
      utf8('plain text, some of it'),
      Uint8Array.of(0x1f),
      Uint8Array.of(0x28, 0xb5),
      new Uint8Array(100),
      noise(5000),
    ]) {
      await rejects(decompress(bytes), 'DecompressionError');
    }
  });

  check('cut anywhere, it is an error', async () => {
    for (const plain of [small, new Uint8Array(), concat([small, noise(100), small])]) {
      const packed = await compress(plain);
      for (let n = 0; n < packed.length; n++) await rejects(decompress(packed.subarray(0, n)), 'DecompressionError');
    }
    const large = await compress(noise(200_000));
    for (const n of [10, 1000, 100_000, large.length - 9, large.length - 1])
      await rejects(decompress(large.subarray(0, n)), 'DecompressionError');
    if (!joins) return;
    const one = await compress(small);
    const two = concat([one, one]);
    for (let n = 1; n < two.length; n++) {
      // xz allows zeros by fours behind the end, and the second one begins with none
      if (n === one.length) sameBytes(await decompress(two.subarray(0, n)), small);
      else await rejects(decompress(two.subarray(0, n)), 'DecompressionError');
    }
  });

  check(checked ? 'a changed bit is never taken for the content' : 'a changed bit ends in an error or in bytes, nothing else', async () => {
    const packed = await compress(small);
    let errors = 0;
    for (let at = 0; at < packed.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const bytes = packed.slice();
        bytes[at]! ^= 1 << bit;
        const out = await decompress(bytes, { maxOutputBytes: 1e6 }).catch((error: { code?: string }) => error.code);
        if (typeof out === 'string' || out === undefined) {
          equal(out, 'DecompressionError', `byte ${at}, bit ${bit}`);
          errors++;
        } else if (checked) sameBytes(out, small, `byte ${at}, bit ${bit}`);
      }
    }
    ok(errors > packed.length, `errors in ${errors} of ${packed.length * 8} cases`);
  });

  check('anything behind the end is an error', async () => {
    const packed = await compress(small);
    const junk = [Uint8Array.of(0), utf8('junk'), utf8('j'), new Uint8Array(7), new Uint8Array(601), packed.subarray(0, 3), noise(300_000)];
    for (const bytes of junk) {
      await rejects(decompress(concat([packed, bytes])), 'DecompressionError');
      if (joins) await rejects(decompress(concat([packed, packed, bytes])), 'DecompressionError');
    }
    if (!padding) await rejects(decompress(concat([packed, new Uint8Array(8)])), 'DecompressionError');
  });

  check('output beyond the limit is an error and never a part', async () => {
    const plain = new Uint8Array(100_000);
    const packed = await compress(plain);
    for (const maxOutputBytes of [0, 1, 99, 65_536, 99_999]) await rejects(decompress(packed, { maxOutputBytes }), 'DecompressionError');
    for (const maxOutputBytes of [100_000, 100_001]) equal((await decompress(packed, { maxOutputBytes })).length, 100_000);
    equal((await decompress(await compress(new Uint8Array()), { maxOutputBytes: 0 })).length, 0);
    const ratio = 100_000 / packed.length;
    await rejects(decompress(packed, { maxRatio: ratio * 0.9 }), 'DecompressionError');
    equal((await decompress(packed, { maxRatio: ratio * 1.1 })).length, 100_000);
    await rejects(decompress(packed, { maxRatio: ratio * 1.1, maxOutputBytes: 99_999 }), 'DecompressionError');
    if (!joins) return;
    const two = concat([await compress(new Uint8Array(60)), await compress(new Uint8Array(60))]);
    await rejects(decompress(two, { maxOutputBytes: 119 }), 'DecompressionError');
    equal((await decompress(two, { maxOutputBytes: 120 })).length, 120);
  });

  check('a gigabyte of zeros in few bytes ends at the limit', async () => {
    const bytes = await bomb(traits);
    await rejects(decompress(bytes, { maxOutputBytes: 0x100000 }), 'DecompressionError');
    await rejects(decompress(bytes, { maxRatio: 10 }), 'DecompressionError');
  });

  check('after all that it still works', async () => sameBytes(await decompress(await compress(small)), small));
}
