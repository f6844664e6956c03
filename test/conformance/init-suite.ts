/**
 * What `init` of codecs promises: the code comes from where the program says, and what is no code is a typed error.
 *
 * @module
 */
import { compress, decompress, init } from '../../src/codecs.ts';
import { init as initXz } from '../../src/codecs/xz.ts';
import { rejects, sameBytes, test } from '../harness.ts';
import { blob } from '../parity/cloudfiles-places.ts';
import { noise } from './noise.ts';

/**
 * Registers the checks. No codec may have been used before.
 *
 * @param urlOf where a file of wasm/built is served; of names that are not there, the answer is 404
 */
export function initSuite(urlOf: (name: string) => string | Promise<string>): void {
  const bytesOf = async (name: string): Promise<ArrayBuffer> => (await fetch(await urlOf(name))).arrayBuffer();
  const wrong = (error: unknown): boolean => (error as { code?: string }).code === 'NotSupported';

  test('init({ url })', async () => {
    const plain = noise(10_000);
    await init({ bz2: { url: await urlOf('nothing.wasm') } });
    await rejects(compress(plain, 'bz2'), wrong);
    await init({ bz2: { url: await urlOf('SHA256SUMS') } });
    await rejects(decompress(blob('hello.bz2'), 'bz2'), wrong);
    await init({ bz2: { url: new URL(await urlOf('bzip2.wasm')) } });
    sameBytes(await decompress(await compress(plain, 'bz2'), 'bz2'), plain);
    sameBytes(await decompress(blob('hello.bz2'), 'bz2'), blob('hello.raw'));
    await init({ bz2: { url: await urlOf('nothing.wasm') } });
    sameBytes(await decompress(blob('hello.bz2'), 'bz2'), blob('hello.raw'), 'after the first use it is of no effect');
  });

  test('init({ bytes })', async () => {
    const code = await bytesOf('zstd-decode.wasm');
    for (const bytes of [new ArrayBuffer(0), code.slice(0, 1000), noise(500)]) {
      await init({ zstd: { bytes } });
      await rejects(decompress(blob('hello.zstd'), 'zstd'), wrong);
    }
    await init({ zstd: { bytes: new Uint8Array(code) } });
    sameBytes(await decompress(blob('hello.zstd'), 'zstd'), blob('hello.raw'));
    await rejects(compress(noise(10), 'zstd'), wrong);
  });

  test('init({ module })', async () => {
    await initXz({ module: await WebAssembly.compile(await bytesOf('xz.wasm')) });
    const plain = noise(10_000);
    sameBytes(await decompress(await compress(plain, 'xz'), 'xz'), plain);
    sameBytes(await decompress(blob('hello.xz'), 'xz'), blob('hello.raw'));
  });

  test('a module of something else is a typed error', async () => {
    await init({ gzip: { module: await WebAssembly.compile(await bytesOf('md5.wasm')) } });
    await rejects(decompress(blob('hello.gz'), 'gzip'), 'DecompressionError');
    await rejects(compress(noise(10), 'gzip'), 'CompressionError');
  });
}
