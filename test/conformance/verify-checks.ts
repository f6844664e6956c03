/** Integrity: what a store says of the bytes, and what reads and writes make of it. */
import { createHasher, toBase64, toHex, type HashName } from '../../src/hash.ts';
import { equal, ok, sameBytes } from '../harness.ts';
import { noise } from './noise.ts';
import { type Check, chunked } from './suite.ts';

const digestOf = (name: HashName, bytes: Uint8Array): Uint8Array => {
  const hasher = createHasher(name);
  hasher.update(bytes);
  return hasher.digest();
};

export function verifyChecks(check: Check): void {
  check('whole reads are verified where the store keeps checksums', ['read', 'write'], async ({ store, key, options }) => {
    const { verifies = false } = options;
    for (const size of [0, 1, 70_000, 400_000]) {
      const bytes = noise(size, size + 3);
      await store.put(key(`${size}`), size === 70_000 ? chunked(bytes, 999) : bytes);
      const got = (await store.get(key(`${size}`)))!;
      equal(got.verified, false, 'nothing was read yet');
      sameBytes(await got.bytes(), bytes);
      equal(got.verified, verifies, `${size} bytes`);
      const streamed = (await store.get(key(`${size}`)))!;
      sameBytes(await new Response(streamed.stream()).arrayBuffer(), bytes);
      equal(streamed.verified, verifies, `a stream of ${size} bytes`);
      const unchecked = (await store.get(key(`${size}`), { verify: false }))!;
      await unchecked.bytes();
      equal(unchecked.verified, false, 'nobody wanted to know');
    }
  });

  check('a range that is all of the object is verified like it', ['read', 'write', 'ranges'], async ({ store, key, options }) => {
    const { verifies = false } = options;
    const bytes = noise(50_000);
    await store.put(key('a'), bytes);
    const all = (await store.get(key('a'), { range: { start: 0, end: bytes.length } }))!;
    sameBytes(await all.bytes(), bytes);
    equal(all.verified, verifies, 'all of it');
    const most = (await store.get(key('a'), { range: { start: 1 } }))!;
    sameBytes(await most.bytes(), bytes.subarray(1));
    equal(most.verified, false, 'but a byte');
  });

  check('head and put tell the checksum that the store keeps', ['read', 'write'], async ({ store, key, options }) => {
    const bytes = noise(12_345);
    const put = await store.put(key('a'), bytes);
    const head = (await store.head(key('a')))!;
    const md5 = digestOf('md5', bytes);
    const crc32c = toBase64(digestOf('crc32c', bytes));
    for (const told of [put, head]) {
      if (told.md5 !== undefined) equal(told.md5, toBase64(md5));
      if (told.crc32c !== undefined) equal(told.crc32c, crc32c);
    }
    const etag = /^"([\da-f]{32})"$/.exec(head.etag ?? '')?.[1];
    if (!options.verifies) return;
    if (etag) equal(etag, toHex(md5), 'an ETag of 32 digits');
    ok(etag ?? head.md5 ?? head.crc32c, 'some checksum');
  });
}
