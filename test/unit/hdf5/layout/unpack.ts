/**
 * The sample files, unpacked.
 *
 * @module
 */
import { gunzipSync } from 'fflate';
import { fromBase64 } from '../../../../src/util/base64.ts';
import { samples } from './samples.ts';

/** What h5py says of a chunk: its place in the grid, where it is, its size, its mask. */
export type ChunkRow = readonly [index: readonly number[], at: number, sizeBytes: number, filterMask: number];

/** A file, and what h5py says of it. */
export interface Sample {
  readonly bytes: Uint8Array;
  /** Of object headers, from the superblock on. */
  readonly addresses: Readonly<Record<string, number>>;
  readonly tables: Readonly<Record<string, readonly ChunkRow[]>>;
}

/** Unpack one. */
export function sample(name: keyof typeof samples): Sample {
  const [bytes, said] = [samples[name].file, samples[name].said].map((packed) => gunzipSync(fromBase64(packed)));
  return { bytes: bytes!, ...(JSON.parse(new TextDecoder().decode(said)) as Omit<Sample, 'bytes'>) };
}
