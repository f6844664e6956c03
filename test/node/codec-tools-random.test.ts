/** Bytes with structure through every encoder, whole and as streams, decoded by the command-line tools. */
import fc from 'fast-check';
import { compress, compressStream, type Encoding } from '../../src/codecs.ts';
import { allOf, inPieces } from '../conformance/codec-streams.ts';
import { chunkings, structured } from '../conformance/structured.ts';
import { env } from '../env.ts';
import { sameBytes, test } from '../harness.ts';
import { needTool, runTool } from './run-tool.ts';

const tools: Record<string, { encoding: Encoding; levels: readonly number[] }> = {
  gzip: { encoding: 'gzip', levels: [0, 1, 3, 6, 9, 12] },
  zstd: { encoding: 'zstd', levels: [-5, 1, 3, 9] },
  brotli: { encoding: 'br', levels: [0, 1, 5, 9] },
  bzip2: { encoding: 'bz2', levels: [1, 9] },
  xz: { encoding: 'xz', levels: [0, 6] },
};

for (const [tool, { encoding, levels }] of Object.entries(tools)) {
  test(
    `${tool}: it decodes structured bytes of ours`,
    async () => {
      needTool(tool);
      await fc.assert(
        fc.asyncProperty(structured, chunkings, fc.constantFrom(undefined, ...levels), async (plain, chunks, level) => {
          const whole = await compress(plain, encoding, { level });
          const streamed = await allOf(inPieces(plain, ...chunks).pipeThrough(compressStream(encoding, { level })));
          sameBytes(await runTool(tool, '-dc', whole), plain, 'whole');
          sameBytes(await runTool(tool, '-dc', streamed), plain, 'streamed');
        }),
        { seed: env().seed, numRuns: 8 },
      );
    },
    { timeoutMs: 60_000 },
  );
}
