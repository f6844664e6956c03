/**
 * What every codec of anyfile must do, whatever its format.
 *
 * @module
 */
import fc from 'fast-check';
import { concat } from '../../src/util/bytes.ts';
import { env } from '../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';
import { faultChecks } from './codec-faults.ts';
import { streamChecks } from './codec-streams.ts';
import { utf8, type CodecTraits } from './codec-traits.ts';
import { noise } from './noise.ts';

/** Registers the checks of one codec. */
export function codecSuite(traits: CodecTraits): void {
  const { encoding, codec, levels, wrongLevels, joins } = traits;
  const { compress, decompress } = codec;
  const check = (what: string, fn: () => Promise<void>): void => test(`${encoding}: ${what}`, fn, { timeoutMs: 60_000 });

  check('what goes in comes out, from any view, and the input stays as it is', () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.uint8Array({ maxLength: 600 }), fc.string({ maxLength: 300 }).map(utf8)),
        fc.constantFrom(undefined, ...levels),
        fc.nat(5),
        async (bytes, level, offset) => {
          const view = concat([new Uint8Array(offset), bytes, new Uint8Array(3)]).subarray(offset, offset + bytes.length);
          const packed = await compress(view, { level });
          sameBytes(view, bytes, 'the input');
          ok(packed.length > 0, 'some bytes even for none');
          const shifted = concat([new Uint8Array(offset), packed]).subarray(offset);
          const out = await decompress(shifted);
          sameBytes(out, bytes);
          equal(out.byteLength, out.buffer.byteLength, 'a buffer of its own');
          sameBytes(shifted, packed, 'the packed input');
        },
      ),
      { seed: env().seed, numRuns: 30 },
    ),
  );

  check('large contents, of every kind', async () => {
    const json = utf8(
      JSON.stringify(Array.from({ length: 4000 }, (_, id) => ({ id, name: `item ${(id * 7919) % 5003}`, on: id % 3 === 0 }))),
    );
    const contents: [string, Uint8Array, number][] = [
      ['one byte', Uint8Array.of(7), 80],
      ['noise', noise(300_000), 302_500],
      ['one byte over and over', new Uint8Array(1_000_000).fill(65), 4000],
      ['records', json, json.length / 4],
      ['just a buffer', noise(0x20000), 0x20000 + 1200],
    ];
    for (const [what, plain, most] of contents) {
      const packed = await compress(plain);
      ok(packed.length <= most, `${what}: ${packed.length} of ${plain.length} bytes`);
      sameBytes(await decompress(packed), plain, what);
    }
  });

  check('levels, and no others', async () => {
    const text = utf8('a text that repeats itself and then goes on, '.repeat(40));
    for (const level of levels) sameBytes(await decompress(await compress(text, { level })), text, `level ${level}`);
    for (const level of [...wrongLevels, 1.5, NaN, Infinity, '6' as unknown as number])
      await rejects(compress(text, { level }), 'InvalidArgument');
  });

  check(joins ? 'several behind one another are one' : 'several behind one another are an error', async () => {
    const [a, b] = [utf8('first '), noise(3000)];
    const both = concat([await compress(a), await compress(b)]);
    const many = concat(await Promise.all(Array.from({ length: 12 }, (_, i) => compress(utf8(`${i},`)))));
    if (!joins) {
      await rejects(decompress(both), 'DecompressionError');
      return;
    }
    sameBytes(await decompress(both), concat([a, b]));
    sameBytes(await decompress(many), utf8(Array.from({ length: 12 }, (_, i) => `${i},`).join('')));
    const empty = await compress(new Uint8Array());
    sameBytes(await decompress(concat([empty, both, empty])), concat([a, b]));
    if (traits.padding) sameBytes(await decompress(concat([both, traits.padding])), concat([a, b]), 'padded');
  });

  check("many at once do not get into each other's way", async () => {
    const plains = Array.from({ length: 12 }, (_, i) => noise(2000 * i, i + 3));
    const outs = await Promise.all(plains.map(async (plain) => decompress(await compress(plain))));
    for (const [i, out] of outs.entries()) sameBytes(out, plains[i]!);
  });

  check('an aborted signal ends it with its reason', async () => {
    const reason = new Error('enough');
    const packed = await compress(utf8('hello'));
    await rejects(compress(utf8('hello'), { signal: AbortSignal.abort(reason) }), (error) => error === reason);
    await rejects(decompress(packed, { signal: AbortSignal.abort(reason) }), (error) => error === reason);
    sameBytes(await decompress(packed, { signal: new AbortController().signal }), utf8('hello'));
  });

  faultChecks(traits, check);
  streamChecks(traits, check);
}
