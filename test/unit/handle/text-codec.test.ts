import fc from 'fast-check';
import { findEncoding, type TextEncoding } from '../../../src/handle/text-codec.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../../harness.ts';

const of = (encoding: TextEncoding) => encoding.of(new Uint8Array()).codec;
const NAMES = ['utf-8', 'utf-8-sig', 'ascii', 'latin-1', 'utf-16', 'utf-16-le', 'utf-16-be'];

test('encodings: Python’s names', async () => {
  const known: Record<string, string> = {
    'utf-8': 'utf8 UTF-8 utf_8 U8 cp65001',
    'utf-8-sig': 'utf_8_sig UTF-8-SIG',
    ascii: 'ASCII us-ascii 646 ANSI_X3.4-1968',
    'latin-1': 'latin1 L1 iso8859-1 ISO_8859-1 iso-8859-1 8859 cp819',
    'utf-16': 'UTF16 u16 utf_16',
    'utf-16-le': 'utf-16le UTF_16LE utf_16_le',
    'utf-16-be': 'utf-16be',
  };
  for (const [name, aliases] of Object.entries(known)) {
    for (const alias of [name, ...aliases.split(' ')]) equal([findEncoding(alias).name, findEncoding(alias).writable], [name, true], alias);
  }
  for (const name of ['utf-32', 'no such', 'toString', 'iso-2022-jp', 'replacement', ''])
    await rejects(() => findEncoding(name), 'NotSupported');
  await rejects(() => findEncoding(7 as never), 'InvalidArgument');
});

test('encodings: any text that one can write is read as it was, wherever it is cut', () => {
  const text = { ascii: /^[\x00-\x7f]*$/, 'latin-1': /^[\x00-\xff]*$/ } as Record<string, RegExp>;
  const odd = fc.constantFrom('\0', '\x80', '\x9f', 'ÿ', '€', '\u{ffff}', '\u{feff}', '😀', '\n');
  const any = fc.oneof(fc.nat(0xff), fc.nat(0x10ffff)).map((code) => String.fromCodePoint(code));
  const units = fc.string({ unit: fc.oneof(odd, any) });
  fc.assert(
    fc.property(units, fc.constantFrom(...NAMES), fc.nat(9), (given, name, cut) => {
      const codec = of(findEncoding(name));
      const written = [...given].filter((char) => (text[name] ?? /^\P{Surrogate}$/u).test(char)).join('');
      const bytes = codec.encode!(written);
      equal(
        codec.sizeOf(written, () => bytes),
        bytes.length,
      );
      let [at, read] = [0, ''];
      while (at < bytes.length) {
        const piece = bytes.subarray(at, at + 4 + cut);
        const { text: some, usedBytes } = codec.decode(piece, at, at + piece.length === bytes.length);
        ok(usedBytes > 0, 'progress');
        at += usedBytes;
        read += some;
      }
      equal(read, written);
    }),
    { seed: env().seed, numRuns: 300 },
  );
});

test('encodings: every byte of Latin-1 is its code point', () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const { text } = of(findEncoding('latin-1')).decode(all, 0, true);
  ok([...text].every((char, i) => char.codePointAt(0) === i) && text.length === 256);
  sameBytes(of(findEncoding('latin-1')).encode!(text), all);
});

test('encodings: what is none is told by its place, in the file and in the text', async () => {
  const wrong: [string, number[], number][] = [
    ['utf-8', [0x61, 0xff, 0x62], 1],
    ['utf-8', [0x61, 0xc3, 0x28], 1],
    ['utf-8', [0xe2, 0x82], 0],
    ['utf-8', [0xed, 0xa0, 0x80], 0],
    ['utf-8', [0x61, 0x62, 0xf0, 0x9f, 0x98, 0x61], 2],
    ['ascii', [0x61, 0x62, 0x80], 2],
    ['utf-16-le', [0x61, 0, 0x00, 0xd8], 2],
    ['utf-16-le', [0x61, 0, 0x62], 2],
    ['utf-16-be', [0, 0x61, 0xdc, 0, 0, 0x61], 2],
  ];
  for (const [name, bytes, at] of wrong) {
    const error = await rejects(() => of(findEncoding(name)).decode(new Uint8Array(bytes), 1000, true), 'InvalidArgument');
    ok(error.message.includes(`the byte at ${1000 + at} is not`), `${name} ${bytes.join()}: ${error.message}`);
  }
  for (const [name, text, at] of [
    ['ascii', 'a😀ü', '1 (U+1F600)'],
    ['latin-1', 'üü€', '2 (U+20AC)'],
    ['utf-8', '😀\ud800x', '1 (U+D800)'],
    ['utf-16', 'ab\udc00', '2 (U+DC00)'],
  ] as const) {
    const error = await rejects(() => of(findEncoding(name)).encode!(text), 'InvalidArgument');
    ok(error.message.startsWith(`character ${at}`), error.message);
  }
});

test('encodings: others are read', () => {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder('shift_jis', { fatal: true });
  } catch {
    skip('this engine has no Shift JIS');
  }
  const bytes = new Uint8Array([0x82, 0xa0, 0x61, 0xb1, 0x82, 0xa2]);
  const encoding = findEncoding('Shift_JIS');
  const codec = of(encoding);
  const text = decoder.decode(bytes);
  equal([encoding.writable, codec.encode, text.length], [false, undefined, 4]);
  equal(codec.decode(bytes, 0, true), { text, usedBytes: 6 });
  equal(codec.decode(bytes.subarray(0, 5), 0, false), { text: text.slice(0, 3), usedBytes: 4 });
  equal(
    [1, 2, 3, 4].map((n) => codec.sizeOf(text.slice(0, n), () => bytes)),
    [2, 3, 4, 6],
  );
});
