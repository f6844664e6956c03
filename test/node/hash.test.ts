/** Every hash of `anyfile/hash` against OpenSSL and zlib. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import * as zlib from 'node:zlib';
import { crc32, createHasher, hmacSha256, loadHasher, md5, md5Many, sha256, toHex } from '../../src/hash.ts';
import { equal, skip, test } from '../harness.ts';

const bytes = new Uint8Array(randomBytes(300_000));
const openssl = (name: 'md5' | 'sha256', part: Uint8Array): string => createHash(name).update(part).digest('hex');
const lengths = [...Array(300).keys(), 2047, 2048, 4095, 8191, 65_535, 131_071, 131_072, 131_073, 262_145, 300_000];

test('md5, sha256: as OpenSSL, by every way', () => {
  const digests = { md5, sha256 };
  for (const n of lengths) {
    const part = bytes.subarray(7, 7 + n);
    for (const name of ['md5', 'sha256'] as const) {
      const want = openssl(name, part);
      equal(toHex(digests[name](part)), want, `${name} of ${n} bytes`);
      const own = createHasher(name, { savable: true });
      own.update(part.subarray(0, n >> 1));
      const loaded = loadHasher(name, own.save());
      for (const hash of [own, loaded, createHasher(name)]) {
        hash.update(hash === own || hash === loaded ? part.subarray(n >> 1) : part);
        equal(toHex(hash.digest()), want, `${name} of ${n} bytes, in pieces`);
      }
    }
  }
  const parts = lengths.map((n) => bytes.subarray(0, n));
  equal(
    md5Many(parts).map(toHex),
    parts.map((part) => openssl('md5', part)),
  );
});

test('hmacSha256: as OpenSSL', () => {
  for (const n of [0, 1, 63, 64, 65, 200, 1023, 1024, 5000, 200_000])
    for (const key of [0, 20, 64, 65, 200].map((length) => bytes.subarray(0, length)))
      equal(toHex(hmacSha256(key, bytes.subarray(0, n))), createHmac('sha256', key).update(bytes.subarray(0, n)).digest('hex'));
});

test('crc32: as zlib', () => {
  const native = (zlib as { crc32?: (part: Uint8Array, seed?: number) => number }).crc32 ?? skip('zlib.crc32 came with Node 20.15');
  for (const n of lengths) equal(crc32(bytes.subarray(0, n), 12_345), native(bytes.subarray(0, n), 12_345), `${n} bytes`);
});
