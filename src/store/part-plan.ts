/**
 * How large the parts of an upload are.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html and https://cloud.google.com/storage/quotas#requests: 1 to 10,000 parts
 * of 5 MiB (the last may be shorter) to 5 GiB each.
 *
 * @module
 */
import { CloudError } from '../errors.ts';

const MiB = 0x10_0000;

/** No service takes more parts. */
export const maxParts = 10_000;
/** Smallest part but the last, in bytes. */
export const minPartBytes: number = 5 * MiB;
/** Largest part, in bytes. */
export const maxPartBytes: number = 5 * 1024 * MiB;
/** What a part has where nobody says, in bytes. */
export const usualPartBytes: number = 16 * MiB;

/** Parts that make up a size. */
export interface PartPlan {
  /** Of all parts but the last, in bytes; whole MiB where it had to be raised. */
  partBytes: number;
  /** How many there are; at least one. */
  parts: number;
}

/**
 * Parts for a size that is known: those asked for, made larger where 10,000 of them would not do. 10,000 parts of 5 GiB are 48.8 TiB; S3 takes
 * objects of 50 TB (5 TiB until 2025), GCS of 5 TiB.
 *
 * @param sizeBytes of the whole
 * @param options.partBytes wished, in bytes. @default 16 MiB
 * @param options.minBytes smallest part that the service takes, in bytes. @default 5 MiB
 * @throws CloudError `InvalidArgument`: no size, a wish outside of what services take, or more than 10,000 parts of 5 GiB
 * @example planParts(60e9) // { partBytes: 16777216, parts: 3577 }
 */
export function planParts(sizeBytes: number, options: { partBytes?: number | undefined; minBytes?: number | undefined } = {}): PartPlan {
  const { partBytes = usualPartBytes, minBytes = minPartBytes } = options;
  const refuse = (what: string): CloudError => new CloudError(what, { code: 'InvalidArgument', operation: 'put' });
  if (!(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0)) throw refuse('a size is a whole number of bytes');
  if (!(Number.isSafeInteger(partBytes) && partBytes >= minBytes && partBytes <= maxPartBytes))
    throw refuse(`a part has ${minBytes} bytes to 5 GiB`);
  if (sizeBytes > maxParts * maxPartBytes) throw refuse('more than 10,000 parts of 5 GiB');
  const needed = Math.min(Math.ceil(sizeBytes / maxParts / MiB) * MiB, maxPartBytes);
  const size = partBytes * maxParts < sizeBytes ? needed : partBytes;
  return { partBytes: size, parts: Math.max(1, Math.ceil(sizeBytes / size)) };
}

/**
 * The size of a part of a stream whose length nobody knows: twice as much every 1,000 parts, so that a short one takes little memory and 10,000 parts
 * are 12.6 TiB.
 *
 * @param index from 0
 * @param first of the first parts, in bytes
 */
export const growingPartBytes = (index: number, first: number = usualPartBytes): number =>
  Math.min(first * 2 ** Math.floor(index / 1000), Math.max(first, maxPartBytes));
