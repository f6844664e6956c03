/**
 * What bytes are held to: of all checksums that a store gives, the cheapest that suffices.
 *
 * @module
 */
import { fromBase64, fromHex } from '../util/base64.ts';
import { equal } from '../util/bytes.ts';
import { createHasher, digestOf, type Hasher, type HashName } from './hasher.ts';
import { createPartsHasher, partitionsOf } from './s3-etag.ts';

/** A checksum that the whole object must have. */
export interface Expectation {
  hash: HashName;
  digest: Uint8Array;
  /** Present: `digest` is that of the digests of parts, and these sizes of parts, in bytes, are tried. */
  partSizes?: readonly number[] | undefined;
  /** False: another digest proves nothing, since it is not known whether this is the hash of these bytes. @default true */
  certain?: boolean | undefined;
}

/** Checksums by name: base64, or the bytes. */
export type KnownChecksums = Partial<Record<HashName, string | Uint8Array | null | undefined>>;

const sizes = { crc32c: 4, crc32: 4, crc64nvme: 8, md5: 16, sha256: 32 };
/** Cheapest first among those that tell a changed byte. */
const preference: readonly HashName[] = ['crc32c', 'crc32', 'crc64nvme', 'md5', 'sha256'];

function bytesOf(hash: HashName, value: string | Uint8Array): Uint8Array | undefined {
  try {
    const digest = typeof value === 'string' ? fromBase64(value) : value;
    return digest.length === sizes[hash] ? digest : undefined;
  } catch {
    return undefined; // not base64: nobody's checksum
  }
}

/**
 * Choose the checksum to verify by.
 *
 * @param known entries that are missing, composite (`…-3`), malformed or of the wrong length do not count; padding may be left out
 */
export function chooseExpectation(known: KnownChecksums): Expectation | undefined {
  for (const hash of preference) {
    const value = known[hash];
    if (!value || (typeof value === 'string' && value.includes('-'))) continue;
    const digest = bytesOf(hash, value);
    if (digest) return { hash, digest };
  }
  return undefined;
}

/** What {@link chooseComposite} knows of the object. */
export interface CompositeInit {
  /** Of the whole object, in bytes. */
  sizeBytes: number;
  /** Of all parts but the last, in bytes, where the caller knows it. */
  partSizeBytes?: number | undefined;
}

/**
 * Choose a checksum of the checksums of parts, for objects that have no other.
 *
 * @param known base64 with the number of parts, `…-3`, or hex for md5, as in an ETag; entries of another form do not count, nor do those for which
 *   no size of parts that is tried makes this number
 */
export function chooseComposite(known: KnownChecksums, { sizeBytes, partSizeBytes }: CompositeInit): Expectation | undefined {
  for (const hash of preference) {
    const [, value, parts] = /^([\w+/]+=*)-(\d+)$/.exec(String(known[hash] ?? '')) ?? [];
    if (!value) continue;
    const digest = hash === 'md5' && /^[\da-f]{32}$/i.test(value) ? fromHex(value) : bytesOf(hash, value);
    const { partSizes, certain } = partitionsOf(sizeBytes, Number(parts), partSizeBytes);
    if (digest && partSizes.length > 0) return { hash, digest, partSizes, certain };
  }
  return undefined;
}

/** A running check. */
export interface Checker {
  update(bytes: Uint8Array): void;
  /** Once, at the end: whether the bytes are those expected; `undefined` when that cannot be said. */
  finish(): boolean | undefined;
}

const verdict = (expected: Expectation, held: boolean): boolean | undefined => held || (expected.certain === false ? undefined : false);

/** Check bytes as they pass: one pass, whatever number of partitions is tried. */
export function createChecker(expected: Expectation): Checker {
  const { hash, digest, partSizes } = expected;
  const hashers: Hasher[] = partSizes ? partSizes.map((size) => createPartsHasher(hash, size)) : [createHasher(hash)];
  return {
    update(bytes) {
      for (const hasher of hashers) hasher.update(bytes);
    },
    finish: () =>
      verdict(
        expected,
        hashers.some((hasher) => equal(hasher.digest(), digest)),
      ),
  };
}

/** Check bytes that are all there; cheaper than a {@link Checker}. */
export function checkBytes(expected: Expectation, bytes: Uint8Array): boolean | undefined {
  if (!expected.partSizes) return verdict(expected, equal(digestOf(expected.hash, bytes), expected.digest));
  const checker = createChecker(expected);
  checker.update(bytes);
  return checker.finish();
}
