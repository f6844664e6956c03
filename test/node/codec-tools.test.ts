/** Files of the command-line tools are decoded, and the tools decode ours. A tool that is absent is a failure unless ANYFILE_SKIP names it. */
import { compress, compressStream, decompress, decompressStream, type Encoding } from '../../src/codecs.ts';
import { concat } from '../../src/util/bytes.ts';
import { allOf, inPieces } from '../conformance/codec-streams.ts';
import { utf8 } from '../conformance/codec-traits.ts';
import { noise } from '../conformance/noise.ts';
import { sameBytes, test } from '../harness.ts';
import { needTool, runTool } from './run-tool.ts';

interface Tool {
  encoding: Encoding;
  /** Arguments to compress standard input to standard output, each line one way. */
  ways: readonly string[];
  /** Levels of ours that it must be able to read. */
  levels: readonly number[];
}

const tools: Record<string, Tool> = {
  gzip: { encoding: 'gzip', ways: ['-c', '-1c', '-9c'], levels: [0, 1, 9, 12] },
  pigz: { encoding: 'gzip', ways: ['-c', '-c -p 2 -b 128 -i', '-c -0'], levels: [6] },
  bgzip: { encoding: 'gzip', ways: ['-c', '-c -@ 2'], levels: [] },
  zstd: {
    encoding: 'zstd',
    ways: ['-c', '-c --no-check', '-c --fast=5', '-c --ultra -22', '-c --long=27', '-c -T2 -B100000'],
    levels: [-5, 1, 3, 19],
  },
  brotli: { encoding: 'br', ways: ['-c', '-c -q 1', '-c -q 5 -w 10'], levels: [0, 5, 9] },
  bzip2: { encoding: 'bz2', ways: ['-c', '-1c'], levels: [1, 9] },
  pbzip2: { encoding: 'bz2', ways: ['-c -b1 -p2'], levels: [9] },
  xz: {
    encoding: 'xz',
    ways: [
      '-c',
      '-0c',
      '-9ec',
      '-c --check=none',
      '-c --check=sha256',
      '-c --check=crc32',
      '-c -T2 --block-size=100000',
      '-c --x86 --delta=dist=4 --lzma2=preset=1',
    ],
    levels: [0, 6, 9],
  },
};

const json = utf8(JSON.stringify(Array.from({ length: 9000 }, (_, id) => ({ id, name: `item ${(id * 7919) % 5003}`, on: id % 3 === 0 }))));
const contents: [string, Uint8Array<ArrayBuffer>][] = [
  ['nothing', new Uint8Array()],
  ['text', utf8('hello, hello')],
  ['records', json],
  ['noise and zeros', concat([noise(150_000), new Uint8Array(300_000)])],
];

for (const [tool, { encoding, ways, levels }] of Object.entries(tools)) {
  const check = (what: string, fn: () => Promise<void>): void =>
    test(
      `${tool}: ${what}`,
      async () => {
        needTool(tool);
        await fn();
      },
      { timeoutMs: 60_000 },
    );

  check('its files are decoded, whole and as streams, also one behind the other', async () => {
    for (const way of ways) {
      for (const [what, plain] of contents) {
        // brotli and pbzip2 make no bytes of none, or nothing that they read themselves
        const packed = await runTool(tool, way, plain);
        if (!plain.length && !packed.length) continue;
        sameBytes(await decompress(packed, encoding), plain, `${way}: ${what}`);
        sameBytes(await allOf(inPieces(packed, 5000).pipeThrough(decompressStream(encoding))), plain, `${way}: ${what}, a stream`);
        if (encoding !== 'br')
          sameBytes(await decompress(concat([packed, packed]), encoding), concat([plain, plain]), `${way}: ${what}, twice`);
      }
    }
  });

  check('it decodes ours', async () => {
    for (const [what, plain] of contents) {
      for (const level of levels)
        sameBytes(await runTool(tool, '-dc', await compress(plain, encoding, { level })), plain, `level ${level}: ${what}`);
      const streamed = await allOf(inPieces(plain, 20_000).pipeThrough(compressStream(encoding)));
      sameBytes(await runTool(tool, '-dc', streamed), plain, `${what}, a stream`);
    }
  });
}
