/** gzip: both ways, several members, junk, cuts, limits, levels. */
import fc from 'fast-check';
import { gzipSync } from 'fflate';
import { compress, decompress, decompressStream } from '../../../src/codecs.ts';
import { compress as gzip, decompress as gunzip } from '../../../src/codecs/gzip.ts';
import { concat } from '../../../src/util/bytes.ts';
import { allOf, inPieces } from '../../conformance/codec-streams.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { blob, utf8 } from '../../parity/cloudfiles-places.ts';

test('gzip: the recorded files', async () => {
  for (const name of ['hello', 'empty', 'repeat', 'binary', 'json']) {
    const plain = blob(`${name}.raw`);
    sameBytes(await gunzip(blob(`${name}.gz`)), plain, name);
    sameBytes(await decompress(blob(`${name}.gz`), 'gzip'), plain, name);
    sameBytes(await gunzip(await gzip(plain)), plain, `${name}, there and back`);
  }
});

test('gzip: what goes in comes out, from any view, and the input stays as it is', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 2000 }),
      fc.constantFrom(undefined, 0, 1, 6, 9),
      fc.nat(5),
      async (bytes, level, offset) => {
        const view = concat([new Uint8Array(offset), bytes, new Uint8Array(3)]).subarray(offset, offset + bytes.length);
        const packed = await gzip(view, { level });
        equal([packed[0], packed[1], packed[2]], [0x1f, 0x8b, 8]);
        sameBytes(view, bytes, 'the input');
        const shifted = concat([new Uint8Array(offset), packed]).subarray(offset);
        const out = await gunzip(shifted);
        sameBytes(out, bytes);
        ok(out instanceof Uint8Array && packed instanceof Uint8Array, 'plain bytes');
        sameBytes(shifted, packed, 'the packed input');
      },
    ),
    { seed: env().seed, numRuns: 60 },
  ));

test('gzip: large contents', async () => {
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) >> 7);
  const packed = await gzip(bytes);
  ok(packed.length < bytes.length, 'smaller');
  sameBytes(await gunzip(packed), bytes);
});

test('gzip: levels 0 to 12, and no other', async () => {
  const text = utf8('a text that repeats, a text that repeats '.repeat(50));
  const sizes: number[] = [];
  for (let level = 0; level <= 12; level++) {
    const packed = await gzip(text, { level });
    sizes.push(packed.length);
    sameBytes(await gunzip(packed), text);
  }
  ok(sizes[0]! >= text.length && sizes[9]! < text.length / 10, `0 stores and 9 packs: ${sizes.join(' ')}:`);
  for (const level of [-1, 13, 19, 1.5, NaN, Infinity, '6' as never]) {
    await rejects(gzip(text, { level }), 'InvalidArgument');
    await rejects(compress(text, 'gzip', { level }), 'InvalidArgument');
  }
});

test('gzip: all members are decoded', async () => {
  const [a, b] = [utf8('first '), utf8('second')];
  sameBytes(await gunzip(concat([await gzip(a), await gzip(b)])), utf8('first second'));
  sameBytes(
    await gunzip(concat([await gzip(a), await gzip(new Uint8Array()), await gzip(b), await gzip(new Uint8Array())])),
    utf8('first second'),
  );
  const many = await Promise.all(Array.from({ length: 20 }, (_, i) => gzip(utf8(`${i},`))));
  sameBytes(await gunzip(concat(many)), utf8(Array.from({ length: 20 }, (_, i) => `${i},`).join('')));
  // a member whose content looks like the start of another one
  const tricky = concat([Uint8Array.of(0x1f, 0x8b, 8, 0), a, Uint8Array.of(0x1f, 0x8b, 8)]);
  sameBytes(await gunzip(concat([await gzip(tricky, { level: 0 }), await gzip(b, { level: 0 })])), concat([tricky, b]));
});

test('gzip: members with a name, a comment, extra fields and a header checksum', async () => {
  const named = gzipSync(utf8('named'), { filename: 'a name.txt', mtime: 12345 });
  sameBytes(await gunzip(named), utf8('named'));
  sameBytes(await gunzip(concat([named, named])), utf8('namednamed'));
  const bare = await gzip(utf8('x'));
  const extra = concat([
    bare.subarray(0, 3),
    Uint8Array.of(4 | 16),
    bare.subarray(4, 10),
    Uint8Array.of(3, 0, 1, 2, 3),
    utf8('comment\0'),
    bare.subarray(10),
  ]);
  sameBytes(await gunzip(extra), utf8('x'));
});

test('gzip: what is no gzip data', async () => {
  for (const bytes of [
    new Uint8Array(),
    utf8('plain text'),
    Uint8Array.of(0x1f),
    Uint8Array.of(0x1f, 0x8b),
    Uint8Array.of(0x8b, 0x1f, 8),
    new Uint8Array(100),
  ]) {
    await rejects(gunzip(bytes), 'DecompressionError');
    await rejects(decompress(bytes, 'gzip'), 'DecompressionError');
  }
  const packed = await gzip(utf8('hello'));
  const wrongMethod = packed.slice();
  wrongMethod[2] = 7;
  await rejects(gunzip(wrongMethod), 'DecompressionError');
});

test('gzip: anything behind the end is an error', async () => {
  const packed = await gzip(utf8('hello'));
  for (const junk of [
    Uint8Array.of(0),
    new Uint8Array(8),
    new Uint8Array(600),
    utf8('junk'),
    Uint8Array.of(0x1f),
    Uint8Array.of(0x1f, 0x8b),
    Uint8Array.of(0x1f, 0x8b, 8, 0),
  ]) {
    await rejects(gunzip(concat([packed, junk])), 'DecompressionError');
    await rejects(gunzip(concat([packed, packed, junk])), 'DecompressionError');
  }
});

test('gzip: cut anywhere, it is an error', async () => {
  const packed = await gzip(Uint8Array.from({ length: 200 }, (_, i) => (i * 37) & 255));
  for (let n = 0; n < packed.length; n++) await rejects(gunzip(packed.subarray(0, n)), 'DecompressionError');
  const two = concat([await gzip(utf8('first')), packed]);
  const whole = two.length - packed.length;
  for (let n = 1; n < two.length; n++) {
    if (n === whole) sameBytes(await gunzip(two.subarray(0, n)), utf8('first'));
    else await rejects(gunzip(two.subarray(0, n)), 'DecompressionError');
  }
});

test('gzip: a changed byte is never taken for the content', async () => {
  const plain = utf8('the quick brown fox jumps over the lazy dog');
  const packed = await gzip(plain);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: packed.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const bytes = packed.slice();
      bytes[at]! ^= flip;
      const out = await gunzip(bytes).catch((error: { code?: string }) => error.code);
      // time, flags of the compressor and the system's name are in the header and mean nothing to the content
      if (at >= 4 && at < 10) sameBytes(out as Uint8Array, plain);
      else if (out !== 'DecompressionError') sameBytes(out as Uint8Array, plain, `byte ${at}`);
    }),
    { seed: env().seed, numRuns: 150 },
  );
});

test('gzip: output beyond the limit is an error and never a part', async () => {
  const plain = new Uint8Array(100_000);
  const packed = await gzip(plain);
  for (const maxOutputBytes of [0, 1, 99, 65_536, 99_999]) {
    await rejects(gunzip(packed, { maxOutputBytes }), 'DecompressionError');
    await rejects(decompress(packed, 'gzip', { maxOutputBytes }), 'DecompressionError');
  }
  for (const maxOutputBytes of [100_000, 100_001]) equal((await gunzip(packed, { maxOutputBytes })).length, 100_000);
  equal((await gunzip(await gzip(new Uint8Array()), { maxOutputBytes: 0 })).length, 0);
  const members = concat([await gzip(new Uint8Array(60)), await gzip(new Uint8Array(60))]);
  await rejects(gunzip(members, { maxOutputBytes: 119 }), 'DecompressionError');
  equal((await gunzip(members, { maxOutputBytes: 120 })).length, 120);
  await rejects(decompress(packed, 'gzip', { maxRatio: 10 }), 'DecompressionError');
  equal((await decompress(packed, 'gzip', { maxRatio: 5000 })).length, 100_000);
  await rejects(decompress(packed, 'gzip', { maxRatio: 5000, maxOutputBytes: 99_999 }), 'DecompressionError');
});

test('gzip: what zlib makes of nothing, cut anywhere, is an error of streams too', async () => {
  const bytes = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  const unpacked = (length: number) => allOf(inPieces(bytes.subarray(0, length), 50).pipeThrough(decompressStream('gzip')));
  equal((await unpacked(bytes.length)).length, 0);
  for (let n = 0; n < bytes.length; n++) await rejects(unpacked(n), 'DecompressionError');
});
