/** Windows of 64 MiB and more: what they take in memory does not count as output. */
import { decompress } from '../../../src/codecs.ts';
import { compress as xz } from '../../../src/codecs/xz.ts';
import { equal, rejects, test } from '../../harness.ts';
import { withXzDictionary, zstdZeros } from '../../conformance/large-windows.ts';

const sizeBytes = 40_000_000;

const makers = {
  xz: async () => withXzDictionary(await xz(new Uint8Array(sizeBytes), { level: 0 }), 28),
  zstd: async () => zstdZeros(sizeBytes, 27),
};

for (const [encoding, make] of Object.entries(makers)) {
  test(`${encoding}: output is held to the limit alone, also behind a large window`, async () => {
    const packed = await make();
    const out = await decompress(packed, encoding as 'xz' | 'zstd', { maxOutputBytes: sizeBytes });
    equal([out.length, out.findIndex((byte) => byte !== 0)], [sizeBytes, -1], 'zeros');
    for (const maxOutputBytes of [1_000_000, sizeBytes - 1])
      await rejects(decompress(packed, encoding as 'xz' | 'zstd', { maxOutputBytes }), 'DecompressionError');
    await rejects(decompress(packed.subarray(0, -1), encoding as 'xz' | 'zstd'), 'DecompressionError');
  });
}
