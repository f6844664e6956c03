/** Checksums of checksums against a plain reference, and the values that cloud-files' helpers were recorded to give. */
import fc from 'fast-check';
import { createHasher, fromBase64, toBase64, toHex, type HashName } from '../../../src/hash.ts';
import { checkBytes, chooseComposite, createChecker } from '../../../src/integrity/expectation.ts';
import { createPartsHasher, multipartEtag, partitionsOf } from '../../../src/integrity/s3-etag.ts';
import { concat } from '../../../src/util/bytes.ts';
import { env } from '../../env.ts';
import { equal, ok, test } from '../../harness.ts';
import recorded from '../../parity/cloudfiles/hash-helpers.json' with { type: 'json' };

const MiB = 0x100000;
const digestOf = (name: HashName, bytes: Uint8Array): Uint8Array => {
  const hasher = createHasher(name);
  hasher.update(bytes);
  return hasher.digest();
};

/** As plainly as it can be said. */
function ofParts(name: HashName, bytes: Uint8Array, partBytes: number): { digest: Uint8Array; parts: number } {
  const digests: Uint8Array[] = [];
  for (let at = 0; at < bytes.length || digests.length === 0; at += partBytes)
    digests.push(digestOf(name, bytes.slice(at, at + partBytes)));
  return { digest: digestOf(name, concat(digests)), parts: digests.length };
}

const pieces = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const at = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
};

test('composite: bytes in any pieces, parts of any size, as the reference', () => {
  const names = ['crc32c', 'crc32', 'md5', 'sha256'] as const;
  const shapes = [fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 320 }), fc.array(fc.nat(), { maxLength: 6 })] as const;
  fc.assert(
    fc.property(fc.constantFrom(...names), ...shapes, fc.nat(), (name, bytes, partBytes, cuts, where) => {
      const { digest, parts } = ofParts(name, bytes, partBytes);
      const hasher = createPartsHasher(name, partBytes);
      for (const piece of pieces(bytes, cuts)) hasher.update(piece);
      equal(toHex(hasher.digest()), toHex(digest));
      const value = `${name === 'md5' ? toHex(digest) : toBase64(digest)}-${parts}`;
      const expected = chooseComposite({ [name]: value }, { sizeBytes: bytes.length, partSizeBytes: partBytes })!;
      equal(checkBytes(expected, bytes), true);
      if (bytes.length === 0) return;
      const changed = bytes.slice();
      changed[where % bytes.length]! ^= 1;
      const checker = createChecker(expected);
      for (const piece of pieces(changed, cuts)) checker.update(piece);
      equal(checker.finish(), false, 'the size was given, so it is wrong for sure');
    }),
    { seed: env().seed, numRuns: 200 },
  );
});

test('partitions: what makes the right number of parts; one part and a given size are certain', () => {
  equal(partitionsOf(5, 1), { partSizes: [5], certain: true });
  equal(partitionsOf(0, 1), { partSizes: [1], certain: true });
  equal(partitionsOf(10 * MiB, 2), { partSizes: [5 * MiB, 8 * MiB], certain: false });
  equal(partitionsOf(10 * MiB, 2, 6 * MiB), { partSizes: [6 * MiB, 5 * MiB, 8 * MiB], certain: true });
  equal(partitionsOf(10 * MiB, 2, 4 * MiB), { partSizes: [5 * MiB, 8 * MiB], certain: false }, 'a given size that makes 3 is not its size');
  equal(partitionsOf(20 * MiB, 2).partSizes, [10 * MiB, 16 * MiB, 15 * MiB]);
  for (const parts of [0, 10_001, NaN, -1, 1.5]) equal(partitionsOf(10 * MiB, parts).certain, false);
  equal(partitionsOf(100, 7), { partSizes: [], certain: false });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 43 }), fc.integer({ min: 1, max: 10_000 }), (size, parts) => {
      const { partSizes } = partitionsOf(size, parts);
      ok(partSizes.length <= 4, 'few guesses');
      for (const one of partSizes) equal(Math.max(1, Math.ceil(size / one)), parts);
    }),
    { seed: env().seed },
  );
});

test('a checksum of parts that no guess has decides nothing', () => {
  const bytes = new Uint8Array(10 * MiB).fill(7);
  const etag = (partBytes: number): string => {
    const { digest, parts } = ofParts('md5', bytes, partBytes);
    return `${toHex(digest)}-${parts}`;
  };
  const check = (md5: string, partSizeBytes?: number): boolean | undefined =>
    checkBytes(chooseComposite({ md5 }, { sizeBytes: bytes.length, partSizeBytes })!, bytes);
  equal(check(etag(8 * MiB)), true);
  equal(check(etag(6 * MiB)), undefined);
  equal(check(etag(6 * MiB), 6 * MiB), true);
  equal(check(etag(6 * MiB), 7 * MiB), false, 'the size is said to be 7 MiB, which makes 2 parts');
  equal(check(etag(10 * MiB)), true, 'one part');
  equal(check(`${'0'.repeat(32)}-1`), false, 'one part cannot be cut otherwise');
});

test('composite values that are none do not count', () => {
  const about = { sizeBytes: 10 * MiB };
  for (const known of [
    { md5: 'd41d8cd98f00b204e9800998ecf8427e' },
    { md5: 'abc-2' },
    { md5: '1234-' },
    { crc32c: 'AAAAAA==' },
    { crc32c: 'AAAA-2' },
    { crc32c: '!!!!!!==-2' },
    { crc32c: 'AAAAAA==-9' },
    { crc32c: null },
    {},
  ])
    equal(chooseComposite(known, about), undefined, JSON.stringify(known));
  equal(chooseComposite({ md5: `${'0'.repeat(32)}-2`, crc32c: 'AAAAAA==-2' }, about)?.hash, 'crc32c', 'the cheaper one');
});

test('hash-helpers.json: the values of cloud-files', () => {
  const hello = new TextEncoder().encode('hello');
  equal(toBase64(digestOf('md5', hello)), recorded.md5_b64_hello);
  equal(toHex(digestOf('md5', hello)), recorded.md5_hex_hello);
  equal(toBase64(digestOf('crc32c', hello)), recorded.crc32c_b64_hello);
  equal(new DataView(digestOf('crc32c', hello).buffer).getUint32(0), recorded.crc32c_hello);
  equal(toBase64(fromBase64(recorded.crc32c_b64_hello)), recorded.crc32c_b64_hello);
  const digits = new TextEncoder().encode('0123456789');
  equal(multipartEtag([0, 4, 8].map((at) => digestOf('md5', digits.slice(at, at + 4)))), recorded.multipart_etag_10_bytes_parts_of_4);
  const bytes = new Uint8Array(10 * MiB).fill(0x78);
  equal(
    multipartEtag([bytes.subarray(0, 8 * MiB), bytes.subarray(8 * MiB)].map((part) => digestOf('md5', part))),
    recorded.multipart_etag_10MiB_x_8MiB_parts,
  );
  const valid = (sizeBytes: number, partBytes: number, given?: number): boolean | undefined => {
    const whole = new Uint8Array(sizeBytes).fill(0x78);
    const { digest, parts } = ofParts('md5', whole, partBytes);
    return checkBytes(chooseComposite({ md5: `${toHex(digest)}-${parts}` }, { sizeBytes, partSizeBytes: given })!, whole);
  };
  equal(
    {
      '8MiB': valid(10 * MiB, 8 * MiB),
      '6MiB_unknown': valid(12 * MiB, 6 * MiB),
      '4MiB_unknown': valid(10 * MiB, 4 * MiB),
      '4MiB_given': valid(10 * MiB, 4 * MiB, 4 * MiB),
    },
    recorded.validate_multipart,
  );
});
