/**
 * What must hold where WebAssembly is barred, by a page's policy or because there is none: gzip works as ever, and so do hashes; codecs that
 * are WebAssembly alone say so by a typed error.
 *
 * @module
 */
import { compress, compressStream, decompress, decompressStream, init, type Encoding } from '../../src/codecs.ts';
import * as gzip from '../../src/codecs/gzip.ts';
import { crc32, crc32c, crc64nvme, md5 } from '../../src/hash.ts';
import { equal, rejects, sameBytes, test } from '../harness.ts';
import { blob } from '../parity/cloudfiles-places.ts';
import { allOf, inPieces } from './codec-streams.ts';
import { codecSuite } from './codec-suite.ts';
import { utf8 } from './codec-traits.ts';
import { gzipFarSuite } from './gzip-far.ts';

/** The smallest module: nothing but the header. */
const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

const others: readonly Encoding[] = ['br', 'zstd', 'bz2', 'xz'];

/**
 * Registers the checks. Nothing of anyfile may have been used before.
 *
 * @param options.whole encodings that the runtime itself works in, beside gzip
 * @param options.encodes encodings that it may encode streams in, according to its version
 */
export function barredSuite({ whole, encodes }: { whole: readonly Encoding[]; encodes: readonly Encoding[] }): void {
  test('WebAssembly is barred', async () => {
    // WebKit compiles where a policy bars it, and refuses instances.
    await rejects(
      async () => new WebAssembly.Instance(await WebAssembly.compile(emptyModule)),
      () => true,
    );
    await rejects(
      async () => new WebAssembly.Instance(new WebAssembly.Module(emptyModule)),
      () => true,
    );
  });

  codecSuite({ encoding: 'gzip', codec: gzip, levels: [0, 1, 9, 12], wrongLevels: [-1, 13], checked: true, joins: true });
  gzipFarSuite(gzip);

  test('gzip takes no notice of a module that cannot be had', async () => {
    await init({ gzip: { bytes: emptyModule } });
    sameBytes(await decompress(await compress(utf8('hello'), 'gzip'), 'gzip'), utf8('hello'));
  });

  for (const encoding of others) {
    test(`${encoding}: ${whole.includes(encoding) ? 'the runtime has it' : 'a typed error'}`, async () => {
      const plain = blob('hello.raw');
      const packed = blob(`hello.${encoding}`);
      if (whole.includes(encoding)) {
        sameBytes(await decompress(packed, encoding), plain);
        sameBytes(await decompress(await compress(plain, encoding), encoding), plain);
        return;
      }
      await rejects(compress(plain, encoding), 'NotSupported');
      await rejects(decompress(packed, encoding), 'NotSupported');
      await rejects(allOf(inPieces(packed, 5).pipeThrough(decompressStream(encoding))), 'NotSupported');
      if (!encodes.includes(encoding)) await rejects(allOf(inPieces(plain, 5).pipeThrough(compressStream(encoding))), 'NotSupported');
    });
  }

  test('checksums and hashes are those of the catalogue', () => {
    const digits = utf8('123456789');
    equal([crc32(digits), crc32c(digits), crc64nvme(digits)], [0xcbf43926, 0xe3069283, 0xae8b14860a799888n]);
    sameBytes(
      md5(digits),
      Uint8Array.from('25f9e794323b453885f5181f1b624d0b'.match(/../g)!, (pair) => parseInt(pair, 16)),
    );
  });
}
