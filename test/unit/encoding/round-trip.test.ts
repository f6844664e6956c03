/** Bytes with structure through every encoder, whole and as streams, back by the runtime's own decoder where it has one, and by ours. */
import fc from 'fast-check';
import { compress, compressStream, decompress, decompressStream, type Encoding } from '../../../src/codecs.ts';
import { allOf, inPieces } from '../../conformance/codec-streams.ts';
import { independentDecoder } from '../../conformance/independent.ts';
import { chunkings, structured } from '../../conformance/structured.ts';
import { env } from '../../env.ts';
import { sameBytes, test } from '../../harness.ts';

/** Levels that differ in how they look for matches, and how often to try: the slow ones less. */
const encoders: Record<Encoding, { levels: readonly number[]; runs: number }> = {
  gzip: { levels: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12], runs: 40 },
  br: { levels: [0, 1, 2, 4, 5, 7, 9], runs: 20 },
  zstd: { levels: [-5, 1, 3, 5, 9, 13], runs: 20 },
  bz2: { levels: [1, 9], runs: 8 },
  xz: { levels: [0, 3, 6], runs: 10 },
};

for (const [name, { levels, runs }] of Object.entries(encoders)) {
  const encoding = name as Encoding;
  const others = independentDecoder(encoding);
  test(
    `${encoding}: structured bytes in any chunks come back, ${others ? 'by another decoder too' : 'by our decoder'}`,
    () =>
      fc.assert(
        fc.asyncProperty(structured, chunkings, fc.constantFrom(undefined, ...levels), async (plain, chunks, level) => {
          const whole = await compress(plain, encoding, { level });
          const streamed = await allOf(inPieces(plain, ...chunks).pipeThrough(compressStream(encoding, { level })));
          for (const [what, packed] of Object.entries({ whole, streamed })) {
            if (others) sameBytes(await others(packed), plain, `${what}, by another decoder`);
            sameBytes(await decompress(packed, encoding), plain, what);
            sameBytes(await allOf(inPieces(packed, ...chunks).pipeThrough(decompressStream(encoding))), plain, `${what}, as a stream`);
          }
        }),
        { seed: env().seed, numRuns: runs },
      ),
    { timeoutMs: 60_000 },
  );
}
