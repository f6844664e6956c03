/** Few bytes that decode to 512 MiB take no more memory than the limit and 64 MB, measured in a process of its own. */
import { existsSync } from 'node:fs';
import { compressStream, type Encoding } from '../../src/codecs.ts';
import { concat } from '../../src/util/bytes.ts';
import { env } from '../env.ts';
import { allOf } from '../conformance/codec-streams.ts';
import { equal, ok, skip, test } from '../harness.ts';
import type { Decoding } from './programs/decode-bomb.ts';
import { withXzDictionary, zstdZeros } from '../conformance/large-windows.ts';
import { runProgram } from './run-program.ts';

const MiB = 0x100000;
const plainMiB = 512;
const spareBytes = 64e6;

/** Levels with the largest windows that do not take minutes, and in how many parts: two of the encoders take their time with zeros. */
const bombs: Partial<Record<Encoding, { level: number; parts: number }>> = {
  gzip: { level: 9, parts: 1 },
  br: { level: 5, parts: 1 },
  zstd: { level: 19, parts: 1 },
  bz2: { level: 9, parts: 16 },
  xz: { level: 9, parts: 16 },
};

/** Zeros, encoded as a stream. */
function pack(encoding: Encoding, level: number, sizeMiB: number): Promise<Uint8Array<ArrayBuffer>> {
  let left = sizeMiB;
  const zeros = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (left-- > 0) controller.enqueue(new Uint8Array(MiB));
      else controller.close();
    },
  });
  return allOf(zeros.pipeThrough(compressStream(encoding, { level })));
}

/**
 * Decodes a bomb whole and streaming under limits, in a process of its own.
 *
 * @param windowBytes that come on top, as far as there is output
 */
async function checkBomb(encoding: Encoding, bomb: Uint8Array<ArrayBuffer>, limits: number[], windowBytes: number): Promise<void> {
  ok(bomb.length < MiB, `a small bomb, of ${bomb.length} bytes`);
  const printed = await runProgram('decode-bomb', { args: [encoding, ...limits.map(String)], flags: ['--expose-gc'], input: bomb });
  const decodings = JSON.parse(printed) as Decoding[];
  equal(
    decodings.map(({ way, maxOutputBytes, code }) => [way, maxOutputBytes, code]),
    limits.flatMap((limit) => ['whole', 'stream'].map((way) => [way, limit, 'DecompressionError'])),
  );
  for (const { way, maxOutputBytes, outBytes, grownBytes } of decodings) {
    ok(outBytes <= maxOutputBytes, `${way}: no more than ${maxOutputBytes} bytes instead of ${outBytes}`);
    const most = maxOutputBytes + Math.min(maxOutputBytes, windowBytes) + spareBytes;
    ok(grownBytes < most, `${way}, ${maxOutputBytes / MiB} MiB: less than ${grownBytes} bytes`);
  }
}

function needPeaks(): void {
  if (!env().engine.startsWith('node')) skip('only Node collects its garbage when it is told to');
  if (!existsSync('/proc/self/clear_refs')) skip('this system does not tell the peak of a process');
}

for (const [encoding, { level, parts }] of Object.entries(bombs) as [Encoding, { level: number; parts: number }][]) {
  test(
    `${encoding}: a bomb takes no more memory than its limit and 64 MB`,
    async () => {
      needPeaks();
      const part = await pack(encoding, level, plainMiB / parts);
      await checkBomb(encoding, concat(Array.from({ length: parts }, () => part)), [MiB, 32 * MiB], 0);
    },
    { timeoutMs: 60_000 },
  );
}

/** The largest windows that are taken. */
const windows: Partial<Record<Encoding, { windowMiB: number; make(): Promise<Uint8Array<ArrayBuffer>> }>> = {
  xz: { windowMiB: 64, make: async () => withXzDictionary(await pack('xz', 0, 256), 28) },
  zstd: { windowMiB: 128, make: async () => zstdZeros(plainMiB * MiB, 27) },
};

for (const [encoding, { windowMiB, make }] of Object.entries(windows) as [Encoding, (typeof windows)['xz'] & {}][]) {
  test(
    `${encoding}: a bomb with the largest window takes that on top, and no more of it than there is output`,
    async () => {
      needPeaks();
      const bomb = await make();
      await checkBomb(encoding, bomb, [MiB, 32 * MiB], 0);
      await checkBomb(encoding, bomb, [64 * MiB, 192 * MiB], windowMiB * MiB);
    },
    { timeoutMs: 60_000 },
  );
}
