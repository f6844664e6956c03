import fc from 'fast-check';
import { concat, equal as equalBytes, slices } from '../../../src/util/bytes.ts';
import { compareUtf8, decodeUtf8, encodeUtf8 } from '../../../src/util/utf8.ts';
import { env } from '../../env.ts';
import { equal, ok, sameBytes, test } from '../../harness.ts';

test('slices and concat are each other undone', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (bytes, size) => {
      const parts = [...slices(bytes, size)];
      ok(parts.every((part) => part.length > 0 && part.length <= size));
      sameBytes(concat(parts), bytes);
      ok(concat(parts).buffer !== bytes.buffer || bytes.length === 0);
    }),
    { seed: env().seed },
  );
});

test('equal', () => {
  ok(equalBytes(Uint8Array.of(1, 2), new Uint8Array([0, 1, 2]).subarray(1)));
  ok(!equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
  ok(!equalBytes(Uint8Array.of(1), Uint8Array.of(1, 2)));
  ok(equalBytes(new Uint8Array(), new Uint8Array()));
});

test('compareUtf8 orders as the bytes do', () => {
  const unit = fc.oneof(
    fc.constantFrom('a', 'b', '/', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{10ffff}', 'é'),
    fc.string({ unit: 'grapheme', maxLength: 1 }),
  );
  const text = fc.array(unit, { maxLength: 5 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, (a, b) => {
      const x = encodeUtf8(a);
      const y = encodeUtf8(b);
      let want = x.length - y.length;
      for (let i = 0; i < Math.min(x.length, y.length); i++) {
        if (x[i] !== y[i]) {
          want = (x[i] ?? 0) - (y[i] ?? 0);
          break;
        }
      }
      equal(Math.sign(compareUtf8(a, b)), Math.sign(want), `${a} ? ${b}`);
    }),
    { seed: env().seed, numRuns: 500 },
  );
});

test('text and back', () => {
  equal(decodeUtf8(encodeUtf8('ü😀\0')), 'ü😀\0');
  equal(decodeUtf8(Uint8Array.of(0xff)), '\ufffd');
});
