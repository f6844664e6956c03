/**
 * gzip of bytes that fflate's streaming encoder got wrong (its issue 260): it made distances that reach before the beginning, which every
 * other decoder refuses. Whatever encodes, at whatever level and with whatever chunks: others must be able to decode it.
 *
 * @module
 */
import { concat } from '../../src/util/bytes.ts';
import { equal, ok, sameBytes, test } from '../harness.ts';
import { allOf, inPieces } from './codec-streams.ts';
import { utf8, type CodecEntry } from './codec-traits.ts';
import { independentDecoder } from './independent.ts';
import { noise } from './noise.ts';
import { squares } from './structured.ts';

const levels: readonly (number | undefined)[] = [undefined, ...Array.from({ length: 13 }, (_, level) => level)];
const sizes = [0, 1, 500, 20_000, 32_768, 65_535, 65_536, 98_305, 300_000];
const chunkings = [[1 << 24], [1000], [65_536], [9000, 1, 40_000]];

/** Registers the checks of gzip. */
export function gzipFarSuite({ compress, compressStream }: CodecEntry): void {
  const check = (what: string, fn: () => Promise<void>): void => test(`gzip for other decoders: ${what}`, fn, { timeoutMs: 60_000 });
  const decode = async (packed: Uint8Array): Promise<Uint8Array> => (await independentDecoder('gzip')!(packed)).slice();

  check('whole, at every level', async () => {
    for (const level of levels) {
      for (const size of sizes) {
        const plain = squares(size);
        sameBytes(await decode(await compress(plain, { level })), plain, `${size} bytes, level ${level}`);
      }
    }
  });

  check('streams, at every level and in any chunks', async () => {
    for (const level of levels) {
      for (const size of level === 6 ? sizes : [20_000, 98_305]) {
        const plain = squares(size);
        for (const chunks of chunkings) {
          const packed = await allOf(inPieces(plain, ...chunks).pipeThrough(compressStream({ level })));
          sameBytes(await decode(packed), plain, `${size} bytes, level ${level}, chunks of ${chunks.join(' ')}`);
        }
      }
    }
  });

  check('streams at level 0 are stored as they are', async () => {
    const plain = concat([noise(70_000), utf8('stored text'), squares(70_000)]);
    for (const chunks of [...chunkings, [65_535], [65_534, 2]]) {
      const packed = await allOf(inPieces(plain, ...chunks).pipeThrough(compressStream({ level: 0 })));
      const most = plain.length + 18 + 5 * (2 + Math.ceil(plain.length / 8192));
      ok(packed.length > plain.length && packed.length <= most, `${packed.length} of ${plain.length} bytes`);
      sameBytes(await decode(packed), plain, `chunks of ${chunks.join(' ')}`);
      // The first block's content comes as it is behind its header, zlib's too.
      sameBytes(packed.slice(15, 1015), plain.slice(0, 1000), 'the beginning');
    }
    const none = await allOf(inPieces(new Uint8Array(), 1).pipeThrough(compressStream({ level: 0 })));
    equal((await decode(none)).length, 0, 'nothing');
  });
}
