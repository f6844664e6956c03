/** Texts of fixed and of any length. */
import fc from 'fast-check';
import { decode } from '../../../../src/hdf5/values/decode.ts';
import { concat } from '../../../../src/util/bytes.ts';
import { env } from '../../../env.ts';
import { equal, rejects, test } from '../../../harness.ts';
import { TestHeap, words } from './memory.ts';
import { compound, integer, string, vlenString } from './types.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

test('hdf5 texts of a fixed size end at the first NUL, or before the spaces', () => {
  const raw = utf8(['abc\0efgh', 'abcdefgh', 'ab      ', '        ', '\0\0\0\0\0\0\0\0', 'a  \0    ', 'né\0\0\0\0\0'].join(''));
  equal(decode(raw, string(8), 7), ['abc', 'abcdefgh', 'ab      ', '        ', '', 'a  ', 'né']);
  equal(decode(raw, string(8, 'null-terminated'), 7), ['abc', 'abcdefgh', 'ab      ', '        ', '', 'a  ', 'né']);
  // a text with a NUL is not filled up by spaces
  equal(decode(raw, string(8, 'space-padded'), 7), ['abc', 'abcdefgh', 'ab', '', '', 'a  ', 'né']);
  equal(decode(new Uint8Array(0), string(8), 0), []);
});

test('hdf5 texts: bytes that are not UTF-8, and a mark in front', () => {
  equal(decode(Uint8Array.of(0xff, 0x41, 0xc3, 0x42), string(4), 1), ['\ufffdA\ufffdB']);
  // cut within a character, beside one that would go on there
  equal(decode(Uint8Array.of(0x41, 0xc3, 0xa9, 0x42), string(2), 2), ['A\ufffd', '\ufffdB']);
  equal(decode(utf8('\ufeffab\ufeffcd'), string(5), 2), ['\ufeffab', '\ufeffcd']);
});

test('hdf5 texts of a fixed size: each as it is alone', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }).map(utf8),
    fc.string({ maxLength: 30 }).map(utf8),
    fc.uint8Array({ maxLength: 12 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 20 }), fc.boolean(), (pieces, size, isMember) => {
      const fixed = pieces.map((bytes) => {
        const out = new Uint8Array(size);
        out.set(bytes.subarray(0, size));
        return out;
      });
      const want = fixed.map((bytes) => textOf(bytes.indexOf(0) < 0 ? bytes : bytes.subarray(0, bytes.indexOf(0))));
      if (!isMember) equal(decode(concat(fixed), string(size), fixed.length), want);
      else {
        const type = compound([
          ['n', integer('<u1')],
          ['text', string(size)],
        ]);
        const raw = concat(fixed.map((bytes) => concat([Uint8Array.of(1), bytes])));
        equal(decode(raw, type, fixed.length, { as: 'columns' }), { n: new Uint8Array(fixed.length).fill(1), text: want });
      }
    }),
    { seed: env().seed, numRuns: 300 },
  );
});

test('hdf5 texts of a fixed size: more of them than are decoded at once', () => {
  const texts = Array.from({ length: 5000 }, (_, i) => (i % 1000 === 999 ? `é${i}` : `text ${i}`));
  const raw = concat(texts.map((text) => concat([utf8(text), new Uint8Array(12 - utf8(text).length)])));
  equal(decode(raw, string(12), 5000), texts);
  const long = `${'a'.repeat(40_000)}\0`;
  equal(decode(utf8(long + long), string(40_001), 2), ['a'.repeat(40_000), 'a'.repeat(40_000)]);
});

test('hdf5 texts of any length', () => {
  const heap = new TestHeap();
  const texts = ['', 'a', 'string é', 'ends in spaces  ', '\ufeffmark', '漢字 😀', 'x'.repeat(1000)];
  const raw = concat([...texts.map((text) => heap.text(text)), words(0)]);
  equal(decode(raw, vlenString(4), 8, { heap: heap.bytes }), [...texts, '']);
  const broken = heap.put(Uint8Array.of(0xc3, 0x41, 0));
  equal(decode(words(broken), vlenString(4), 1, { heap: heap.bytes }), ['\ufffdA']);
});

test('hdf5 texts of any length: pointers and ends outside of the memory', async () => {
  const heap = utf8('--------abc\0def');
  const at = (...pointers: number[]): unknown => decode(words(...pointers), vlenString(4), pointers.length, { heap });
  equal(at(8, 11, 0), ['abc', '', '']);
  for (const pointer of [12, 14, 15, 16, 1000, 0xffff_ffff]) await rejects(() => at(pointer), 'InvalidFile');
  // no two texts share memory, so a hundred of them cannot all be there
  await rejects(() => at(...Array.from({ length: 100 }, () => 8)), 'InvalidFile');
  await rejects(() => decode(words(8), vlenString(4), 1), 'NotSupported');
  await rejects(() => decode(new Uint8Array(16), vlenString(), 1, { heap }), 'NotSupported');
});
