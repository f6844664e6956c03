import * as platform from '#platform';
import { gzipSync } from 'fflate';
import type { Platform } from '../../../src/platform/types.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';

/** Must compile: the folder that this engine uses is what the contract says. */
const typed: Platform = platform;

const NAMES = [
  'absolutePath',
  'createHttpPort',
  'createNativeHash',
  'createNodeReadable',
  'defaultCredentials',
  'environment',
  'hasBrotli',
  'loadAliases',
  'nativeCodec',
  'nativeCrc32',
  'nativeDigest',
  'openCacheFiles',
  'openDisk',
  'openFolder',
  'openOpfs',
  'openProcesses',
  'openScratch',
  'openSqlite',
  'ownPort',
  'runtime',
  'saveAliases',
  'sendsLikeAPage',
  'storedBytes',
];

const hello = new TextEncoder().encode('hello '.repeat(1000));

test('the platform has exactly the names of its contract', () => equal(Object.keys(platform).sort(), NAMES));

test('the runtime is what the tests were told', () => {
  const { engine } = env();
  const name = typed.runtime();
  if (engine.startsWith('node')) equal(name, 'node');
  if (engine === 'bun' || engine === 'deno' || engine === 'workerd') equal(name, engine);
  if (['chromium', 'firefox', 'webkit'].includes(engine)) equal([name, typed.sendsLikeAPage, typed.environment()], ['browser', true, {}]);
});

test('a worker has a port of its own, a page and a program have none', () => {
  equal(platform.ownPort() === undefined, !env().worker);
});

test('absolute paths', () => {
  ok(/^(\/|[a-z]:\/)/i.test(typed.absolutePath('a')));
  equal(typed.absolutePath('/a/../b/./c'), typed.absolutePath('/b/c'));
  ok(!typed.absolutePath('~/x').includes('~'));
  ok(typed.absolutePath('a/../..').length < typed.absolutePath('a/b').length);
});

test('native hashes, where there are any, are right', () => {
  const md5 = typed.createNativeHash('md5');
  md5?.update(new TextEncoder().encode('a'));
  md5?.update(new TextEncoder().encode('bc'));
  if (md5)
    sameBytes(
      md5.digest(),
      Uint8Array.from('900150983cd24fb0d6963f7d28e17f72'.match(/../g)!, (hex) => parseInt(hex, 16)),
    );
  const once = typed.nativeDigest('md5', new TextEncoder().encode('abc'));
  if (once) equal([...once.subarray(0, 4)], [0x90, 0x01, 0x50, 0x98]);
  const crc = typed.nativeCrc32();
  const [start, rest] = [new TextEncoder().encode('1234'), new TextEncoder().encode('56789')];
  if (crc) equal(crc(rest, crc(start, 0)) >>> 0, 0xcbf43926);
});

const gunzip = async (bytes: Uint8Array, maxOutputBytes: number): Promise<Uint8Array> =>
  (await typed.nativeCodec('gzip'))!.decompress!(bytes, maxOutputBytes);

test("the runtime's own codecs do what they say they can", async () => {
  async function* chunks(...parts: Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
    yield* parts;
  }
  const all = async (made: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
    const parts: Uint8Array[] = [];
    for await (const part of made) parts.push(part);
    return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  };
  for (const name of ['gzip', 'br', 'zstd'] as const) {
    const codec = await typed.nativeCodec(name);
    if (!codec) continue;
    if (name === 'br') ok(typed.hasBrotli);
    const packed = codec.compress ? await codec.compress(hello, 3) : gzipSync(hello);
    ok(packed.length < 200, `${name}: ${packed.length} bytes`);
    if (codec.encode) ok((await all(codec.encode(chunks(hello, hello), 3))).length < 300, `${name}: a stream`);
    if (codec.encodeUsual)
      sameBytes(await gunzip(await all(codec.encodeUsual(chunks(hello, hello))), 1e6), await all(chunks(hello, hello)));
    if (codec.decompress) sameBytes(await codec.decompress(packed, hello.length), hello, name);
    if (codec.decode) sameBytes(await all(codec.decode(chunks(packed.subarray(0, 9), packed.subarray(9)))), hello, name);
    if (codec.decompress) await rejects(codec.decompress(packed, hello.length - 1), () => true);
    if (codec.decode) await rejects(all(codec.decode(chunks(packed.subarray(0, -1)))), () => true);
  }
});

test('all members of a gzip file are decoded', async () => {
  const parts = [hello, new Uint8Array(), new TextEncoder().encode('two'), hello].map((part) => gzipSync(part, { level: 6 }));
  const joined = new Uint8Array(await new Blob(parts).arrayBuffer());
  sameBytes(await gunzip(joined, 1e6), new Uint8Array(await new Blob([hello, 'two', hello]).arrayBuffer()));
  await rejects(gunzip(joined, hello.length + 3), 'DecompressionError');
});

test('what is not whole gzip data', async () => {
  const packed = gzipSync(hello, { level: 6 });
  const flipped = (at: number): Uint8Array => packed.map((byte, i) => (i === at ? byte ^ 1 : byte));
  const behind = async (...extra: number[]): Promise<Uint8Array> =>
    new Uint8Array(await new Blob([packed, Uint8Array.from(extra)]).arrayBuffer());
  const bad: [string, Uint8Array][] = [
    ['nothing', new Uint8Array()],
    ['text', hello],
    ['cut in the data', packed.slice(0, packed.length >> 1)],
    ['cut in the end', packed.slice(0, -1)],
    ['another checksum', flipped(packed.length - 8)],
    ['another length', flipped(packed.length - 4)],
    ['text behind', await behind(104, 105)],
    ['zeros behind', await behind(0, 0, 0)],
    ['half a member behind', await behind(...packed.slice(0, 20))],
  ];
  for (const [what, bytes] of bad) {
    await rejects(gunzip(bytes, 1e6), (error: { code?: string }) => error.code === 'DecompressionError' || (console.log(what), false));
  }
  await rejects(gunzip(packed, hello.length - 1), 'DecompressionError');
});
