import fc from 'fast-check';
import { fromBase64, fromBase64Url, fromHex, toBase64, toBase64Url, toHex } from '../../../src/util/base64.ts';
import { plainSha256 } from '../../../src/integrity/sha256.ts';
import { hmacHex, hmacKey, hmacSha256, sha256, sha256Hex } from '../../../src/util/sha256.ts';
import { env } from '../../env.ts';
import { equal, rejects, sameBytes, test } from '../../harness.ts';

const encoder = new TextEncoder();
const bytes = (maxLength: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc.uint8Array({ maxLength }).map((array) => new Uint8Array(array));

test('SHA-256: every length around a block, and texts, as WebCrypto', async () => {
  for (let size = 0; size < 200; size++) {
    const message = Uint8Array.from({ length: size }, (_, i) => i * 7 + size);
    sameBytes(sha256(message), await crypto.subtle.digest('SHA-256', message), `${size} bytes`);
  }
  for (const text of ['', 'abc', 'é\ud83d\ude00'.repeat(3000), 'x'.repeat(5000), 'ü'.repeat(1366)]) {
    const want = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
    sameBytes(sha256(text), want);
    equal(sha256Hex(text), toHex(want));
  }
});

test('SHA-256 in pieces is SHA-256 of the whole', () => {
  fc.assert(
    fc.property(fc.array(bytes(150), { maxLength: 8 }), (pieces) => {
      const hash = plainSha256.create();
      for (const piece of pieces) hash.update(piece);
      sameBytes(hash.digest(), sha256(Uint8Array.from(pieces.flatMap((piece) => [...piece]))));
    }),
    { seed: env().seed },
  );
});

test('HMAC-SHA-256 as WebCrypto, for keys of every length', async () => {
  const property = fc.asyncProperty(bytes(140), bytes(300), async (key, message) => {
    // WebCrypto refuses empty keys; zeros mean the same.
    const imported = await crypto.subtle.importKey('raw', key.length ? key : new Uint8Array(1), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ]);
    const want = new Uint8Array(await crypto.subtle.sign('HMAC', imported, message));
    sameBytes(hmacSha256(key, message), want);
    equal(hmacHex(hmacKey(key), message), toHex(want));
  });
  await fc.assert(property, { seed: env().seed });
});

test('base64, base64url and hex: there and back', () => {
  fc.assert(
    fc.property(bytes(60), (given) => {
      sameBytes(fromBase64(toBase64(given)), given);
      sameBytes(fromBase64(toBase64(given).replace(/=+$/, '')), given);
      sameBytes(fromBase64Url(toBase64Url(given)), given);
      sameBytes(fromHex(toHex(given)), given);
      sameBytes(fromHex(toHex(given).toUpperCase()), given);
      equal(/[^\w-]/.test(toBase64Url(given)), false, 'only URL characters');
    }),
    { seed: env().seed },
  );
  const large = new Uint8Array(300_001).fill(251);
  sameBytes(fromBase64(toBase64(large)), large);
  equal(toBase64(encoder.encode('ü')), 'w7w=');
});

test('base64, base64url and hex: what is not well-formed is refused', async () => {
  for (const text of ['A', 'A===', 'AA=', 'AAA==', 'AA AA', 'AA\n==', 'AA-_', 'AB', 'AB==', 'AAB=', 'A=AA', '=', 'Zm9v=', '😀'])
    await rejects(() => fromBase64(text), 'InvalidArgument');
  for (const text of ['AA+/', 'A', 'AB', 'A A']) await rejects(() => fromBase64Url(text), 'InvalidArgument');
  for (const text of ['0', '0g', '0x', ' 00']) await rejects(() => fromHex(text), 'InvalidArgument');
});
