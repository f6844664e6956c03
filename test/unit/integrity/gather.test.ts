/** CRCs whose pieces are gathered: hashes that take turns, are left, are saved. */
import fc from 'fast-check';
import { createHasher, digestOf, prepareHash } from '../../../src/integrity/hasher.ts';
import * as hash from '../../../src/hash.ts';
import { env } from '../../env.ts';
import { sameBytes, test } from '../../harness.ts';

const bytes = Uint8Array.from({ length: 400_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 21);

test('crc32, crc32c: hashes that take turns do not meet each other', async () => {
  for (const name of ['crc32', 'crc32c'] as const) {
    await prepareHash(name);
    const turns = fc.array(fc.tuple(fc.nat(2), fc.oneof(fc.nat(200), fc.nat(20_000), fc.nat(300_000)), fc.nat(9)), { maxLength: 20 });
    fc.assert(
      fc.property(turns, (list) => {
        const running = [0, 1, 2].map((which) => ({ at: which, from: which, hasher: createHasher(name) }));
        for (const [which, length, then] of list) {
          const one = running[which]!;
          const end = Math.min(one.at + length, bytes.length);
          one.hasher.update(bytes.subarray(one.at, end));
          one.at = end;
          if (then === 0) one.hasher = hash.loadHasher(name, one.hasher.save());
          // Left without a digest.
          if (then === 1) createHasher(name).update(bytes.subarray(0, length));
        }
        for (const { at, from, hasher } of running) sameBytes(hasher.digest(), digestOf(name, bytes.subarray(from, at)));
      }),
      { seed: env().seed, numRuns: 60 },
    );
  }
});
