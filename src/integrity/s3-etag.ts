/**
 * Checksums of checksums: what S3 gives of an object that was uploaded in parts. An ETag `hash-N` is the MD5 of the N parts' MD5s one after the
 * other, a composite checksum the same with another hash. How large the parts were is written nowhere, so the sizes in use are tried.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 *
 * @module
 */
import { concat } from '../util/bytes.ts';
import { toHex } from '../util/base64.ts';
import { createHasher, type Hasher, type HashName } from './hasher.ts';

const MiB = 0x100000;
/** What uploaders cut into: anyfile, the AWS SDKs and their command line, cloud-files' and rclone's relatives. */
const usual = [16 * MiB, 8 * MiB, 15 * MiB];
/** S3 has no more parts. */
const maxParts = 10_000;

/** How an object may have been cut. */
export interface Partition {
  /** Sizes of all parts but the last, in bytes, each giving the right number of parts; empty when none does. */
  partSizes: number[];
  /** It was cut in one of these ways for sure: then a checksum that none of them has is a wrong one. */
  certain: boolean;
}

/**
 * The ways in which an object of a size can have been cut into so many parts.
 *
 * Sure are one part, and a size that the caller gave, if it makes this number of parts: a given size that does not cannot be this
 * object's. All others are guesses, of which the number of parts rules most out: those that are usual, and the size over the number, rounded up
 * to 1 MiB.
 *
 * @param given the size of the parts, in bytes, where somebody knows it
 */
export function partitionsOf(sizeBytes: number, parts: number, given?: number): Partition {
  if (!(parts >= 1 && parts <= maxParts)) return { partSizes: [], certain: false };
  if (parts === 1) return { partSizes: [Math.max(sizeBytes, 1)], certain: true };
  const fits = (size: number): boolean => Math.ceil(sizeBytes / size) === parts;
  const guesses = [given ?? 0, Math.ceil(sizeBytes / parts / MiB) * MiB, ...usual].filter((size) => size > 0 && fits(size));
  return { partSizes: [...new Set(guesses)], certain: given !== undefined && fits(given) };
}

/** A running checksum of checksums, for parts of a size; bytes may come in any pieces. */
export function createPartsHasher(hash: HashName, partBytes: number): Hasher {
  const digests: Uint8Array[] = [];
  let part = createHasher(hash);
  let left = partBytes;
  const end = (): void => {
    digests.push(part.digest());
    part = createHasher(hash);
    left = partBytes;
  };
  return {
    update(bytes) {
      for (let at = 0; at < bytes.length;) {
        const piece = bytes.subarray(at, at + left);
        part.update(piece);
        at += piece.length;
        left -= piece.length;
        if (left === 0) end();
      }
    },
    digest() {
      if (left < partBytes || digests.length === 0) end();
      return digestOfDigests(hash, digests);
    },
  };
}

/** The checksum of the parts' checksums. */
export function digestOfDigests(hash: HashName, digests: readonly Uint8Array[]): Uint8Array {
  const hasher = createHasher(hash);
  hasher.update(concat(digests));
  return hasher.digest();
}

/**
 * The ETag of an upload in parts, without quotes.
 *
 * @param md5s of the parts, in order
 * @example multipartEtag([md5(first), md5(second)]) // 'cc0ed5e1f23b48d55f864e68f7b173b0-2'
 */
export const multipartEtag = (md5s: readonly Uint8Array[]): string => `${toHex(digestOfDigests('md5', md5s))}-${md5s.length}`;
