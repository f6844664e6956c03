/** Hashes against published values and against one another. */
import fc from 'fast-check';
import { createNativeHash, nativeCrc32 } from '#platform';
import {
  crc32,
  crc32c,
  crc64nvme,
  createHasher,
  fromHex,
  hmacSha256,
  md5,
  sha256,
  toBase64,
  toHex,
  type HashName,
} from '../../../src/hash.ts';
import { plainMd5 } from '../../../src/integrity/md5.ts';
import { plainSha256 } from '../../../src/integrity/sha256.ts';
import { env } from '../../env.ts';
import { equal, ok, skip, test } from '../../harness.ts';
import helpers from '../../parity/cloudfiles/hash-helpers.json' with { type: 'json' };

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const names: readonly HashName[] = ['md5', 'crc32', 'crc32c', 'crc64nvme', 'sha256'];
const hashed = (name: HashName, ...parts: Uint8Array[]): string => {
  const hasher = createHasher(name);
  for (const part of parts) hasher.update(part);
  return toHex(hasher.digest());
};
const filled = (n: number, value: (i: number) => number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: n }, (_, i) => value(i));

test('crc32, crc32c, crc64nvme: check values of their definitions', () => {
  const check = utf8('123456789');
  equal([crc32(check), crc32c(check), crc64nvme(check)], [0xcbf43926, 0xe3069283, 0xae8b14860a799888n]);
  equal([hashed('crc32', check), hashed('crc32c', check), hashed('crc64nvme', check)], ['cbf43926', 'e3069283', 'ae8b14860a799888']);
  equal([crc32(utf8('')), crc32c(utf8('')), crc64nvme(utf8(''))], [0, 0, 0n]);
  equal(crc32(utf8('The quick brown fox jumps over the lazy dog')), 0x414fa339);
});

test('crc32c: RFC 3720, appendix B.4', () => {
  equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
  equal(crc32c(filled(32, (i) => i)), 0x46dd794e);
  equal(crc32c(filled(32, (i) => 31 - i)), 0x113fdb5c);
  const command = '01c000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000';
  equal(crc32c(fromHex(command)), 0xd9963a56);
});

test('hashes: the values that cloud-files gives', () => {
  const hello = utf8('hello');
  equal([toBase64(md5(hello)), toHex(md5(hello)), crc32c(hello)], [helpers.md5_b64_hello, helpers.md5_hex_hello, helpers.crc32c_hello]);
  equal(toBase64(fromHex(hashed('crc32c', hello))), helpers.crc32c_b64_hello);
});

test('md5: RFC 1321, appendix A.5', () => {
  const suite: [string, string][] = [
    ['', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['a', '0cc175b9c0f1b6a831c399e269772661'],
    ['abc', '900150983cd24fb0d6963f7d28e17f72'],
    ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
    ['abcdefghijklmnopqrstuvwxyz', 'c3fcd3d76192e4007dfb496cca67e13b'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 'd174ab98d277d9f5a5611c2c9f419d9f'],
    ['1234567890'.repeat(8), '57edf4a22be3c955ac49da2e2107b67a'],
  ];
  for (const [text, want] of suite) {
    equal(toHex(md5(utf8(text))), want);
    const plain = plainMd5.create();
    plain.update(utf8(text));
    equal(toHex(plain.digest()), want, 'in plain JavaScript');
  }
});

test('sha256: FIPS 180-4 examples, hmac: RFC 4231', () => {
  const suite: [Uint8Array, string][] = [
    [utf8(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [utf8('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [utf8('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'), '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'],
    [new Uint8Array(1_000_000).fill(97), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ];
  for (const [bytes, want] of suite) {
    equal(toHex(sha256(bytes)), want);
    const plain = plainSha256.create();
    plain.update(bytes);
    equal(toHex(plain.digest()), want, 'in plain JavaScript');
  }
  equal(toHex(hmacSha256(new Uint8Array(20).fill(11), 'Hi There')), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7');
  equal(toHex(hmacSha256('Jefe', 'what do ya want for nothing?')), '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
});

test('hashes: in pieces, at any offset of a buffer, as at once', () => {
  for (const name of names) {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), fc.array(fc.nat(700), { maxLength: 6 }), fc.nat(9), (bytes, cuts, offset) => {
        const whole = hashed(name, bytes);
        const shifted = new Uint8Array(new ArrayBuffer(bytes.length + offset + 3), offset, bytes.length);
        shifted.set(bytes);
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const parts = at.slice(1).map((end, i) => shifted.subarray(at[i], end));
        equal(hashed(name, ...parts), whole, name);
        equal(hashed(name, shifted), whole, `${name}, unaligned`);
      }),
      { seed: env().seed, numRuns: 60 },
    );
  }
});

test('hashes: every length around the blocks, byte by byte and at once', () => {
  const bytes = filled(300, (i) => (i * 73 + (i >> 3)) & 255);
  const seen = new Map(names.map((name) => [name, new Set<string>()]));
  for (let n = 0; n <= 300; n++) {
    const part = bytes.subarray(0, n);
    for (const name of names) {
      const at = n % 65;
      const once = hashed(name, part);
      equal(hashed(name, part.subarray(0, at), part.subarray(at, at), part.subarray(at)), once, `${name} of ${n} bytes`);
      seen.get(name)!.add(once);
    }
    // slow and plain, bit by bit, as the definitions have it
    equal([crc32(part), crc32c(part)], [slowCrc(part, 0xedb88320), slowCrc(part, 0x82f63b78)], `${n} bytes`);
    equal(crc64nvme(part), slowCrc64(part), `${n} bytes`);
    const [ourMd5, ourSha] = [plainMd5.create(), plainSha256.create()];
    ourMd5.update(part);
    ourSha.update(part);
    equal([toHex(ourMd5.digest()), toHex(ourSha.digest())], [hashed('md5', part), hashed('sha256', part)], `plain and native, ${n} bytes`);
  }
  for (const [name, digests] of seen) equal(digests.size, 301, `${name}: all differ`);
});

function slowCrc(bytes: Uint8Array, poly: number): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? poly : 0);
  }
  return ~crc >>> 0;
}

function slowCrc64(bytes: Uint8Array): bigint {
  const poly = 0x9a6c9329ac4bc9b5n;
  let crc = 0xffffffffffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ (crc & 1n ? poly : 0n);
  }
  return crc ^ 0xffffffffffffffffn;
}

test('crc32, crc32c: a seed goes on from what came before', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 100 }), (a, b) => {
      const both = new Uint8Array([...a, ...b]);
      equal([crc32(b, crc32(a)), crc32c(b, crc32c(a))], [crc32(both), crc32c(both)]);
    }),
    { seed: env().seed, numRuns: 100 },
  );
});

test('hashes: one changed bit changes every one of them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), (bytes, where) => {
      const other = bytes.slice();
      const at = where % (bytes.length * 8);
      other[at >> 3]! ^= 1 << (at & 7);
      for (const name of names) ok(hashed(name, bytes) !== hashed(name, other), name);
    }),
    { seed: env().seed, numRuns: 100 },
  );
});

test(
  'md5: beyond 2^29 bytes the bit count does not fit 32 bits',
  () => {
    if (!/^node(20)?$/.test(env().engine)) skip('512 MiB in plain JavaScript: one engine is enough');
    const native = createNativeHash('md5') ?? skip('this engine has no synchronous md5 to compare with');
    const piece = new Uint8Array(1 << 24).fill(7);
    const plain = plainMd5.create();
    for (let i = 0; i <= 32; i++) {
      plain.update(piece);
      native.update(piece);
    }
    equal(toHex(plain.digest()), toHex(native.digest()));
  },
  { timeoutMs: 60_000 },
);

test('crc32: the runtime and ours agree', () => {
  const native = nativeCrc32() ?? skip('this engine has no crc32 of its own');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(0xffffffff), (bytes, seed) =>
      equal(native(bytes, seed) >>> 0, crc32(bytes, seed)),
    ),
    { seed: env().seed, numRuns: 100 },
  );
});
