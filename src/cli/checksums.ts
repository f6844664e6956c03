/**
 * What is known of a file's stored bytes, and what it says about another's. Nothing is read here.
 *
 * @module
 */
import { createPartsHasher, partitionsOf, type ObjectInfo } from '../index.ts';
import { createHasher, fromHex, toBase64, toHex } from '../hash.ts';
import type { Sink } from './read-through.ts';

/** Checksums of one file. Absent what nobody tells. */
export interface Known {
  readonly sizeBytes?: number | undefined;
  /** Base64. */
  readonly md5?: string | undefined;
  /** The MD5 was said to be one. An ETag that looks like one need not be: bytes that a service encrypts with managed keys have another. */
  readonly sure?: boolean | undefined;
  /** Base64, big-endian. */
  readonly crc32c?: string | undefined;
  /** The ETag of an upload in parts, `hash-N`. */
  readonly inParts?: string | undefined;
  /** The same as `inParts` would be, for the sizes of parts that were tried. */
  readonly tried?: readonly string[] | undefined;
  /** `tried` holds the one size that it can be. */
  readonly certain?: boolean | undefined;
}

/** How files were uploaded in parts, where the user knows it. */
export interface PartsKnown {
  /** Size of the parts, in bytes. @default the usual ones are tried */
  partSizeBytes?: number | undefined;
  /** Files from this size on, in bytes, were uploaded in parts of that size. @default 0 */
  thresholdBytes?: number | undefined;
}

/** `same` and `different` are certain; `unlike` is different unless a checksum is not what it looks like. */
export type Likeness = 'same' | 'different' | 'unlike' | 'unknown';

/** What a store tells of a file. */
export function knownOf(info: ObjectInfo): Known {
  const { sizeBytes, crc32c, md5 } = info;
  const tag = /^"?([0-9a-f]{32})(-\d{1,5})?"?$/i.exec(info.etag ?? '');
  const hex = tag && !tag[2] ? tag[1] : undefined;
  return {
    ...(Number.isFinite(sizeBytes) && { sizeBytes }),
    ...(md5 ? { md5, sure: true } : hex && { md5: toBase64(fromHex(hex)) }),
    ...(crc32c && { crc32c }),
    ...(tag?.[2] && { inParts: `${tag[1]!.toLowerCase()}${tag[2]}` }),
  };
}

/** Compare what is known of two files. */
export function likeness(one: Known, other: Known): Likeness {
  if (one.sizeBytes !== undefined && other.sizeBytes !== undefined && one.sizeBytes !== other.sizeBytes) return 'different';
  if (one.md5 !== undefined && one.md5 === other.md5) return 'same';
  if (one.inParts !== undefined && one.inParts === other.inParts) return 'same';
  for (const [a, b] of [
    [one, other],
    [other, one],
  ] as const) {
    if (a.inParts === undefined || !b.tried) continue;
    if (b.tried.includes(a.inParts)) return 'same';
    if (b.certain) return 'different';
  }
  if (one.crc32c !== undefined && other.crc32c !== undefined) return one.crc32c === other.crc32c ? 'same' : 'different';
  if (one.md5 === undefined || other.md5 === undefined) return 'unknown';
  return one.sure && other.sure ? 'different' : 'unlike';
}

/** Hashes for bytes that are about to be read, and what they will tell. */
export interface Measure {
  readonly sinks: readonly Sink[];
  known(): Known;
}

/** What to hash of a file so that it can be compared with another. */
export function measureFor(other: Known, sizeBytes: number, { partSizeBytes, thresholdBytes = 0 }: PartsKnown): Measure {
  const md5 = createHasher('md5');
  const crc32c = other.crc32c === undefined ? undefined : createHasher('crc32c');
  const count = Number(other.inParts?.split('-')[1] ?? 0);
  const given = partSizeBytes !== undefined && sizeBytes >= thresholdBytes ? partSizeBytes : undefined;
  const { partSizes, certain } = count > 0 ? partitionsOf(sizeBytes, count, given) : { partSizes: [], certain: false };
  const parts = partSizes.map((size) => createPartsHasher('md5', size));
  return {
    sinks: [md5, ...(crc32c ? [crc32c] : []), ...parts],
    known: () => ({
      sizeBytes,
      md5: toBase64(md5.digest()),
      sure: true,
      ...(crc32c && { crc32c: toBase64(crc32c.digest()) }),
      ...(count > 0 && { tried: parts.map((hash) => `${toHex(hash.digest())}-${count}`), certain }),
    }),
  };
}
