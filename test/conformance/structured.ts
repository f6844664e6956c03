/**
 * Bytes with structure, in which an encoder finds matches near and far: what noise and texts leave untried.
 *
 * @module
 */
import fc from 'fast-check';
import { concat } from '../../src/util/bytes.ts';
import { noise } from './noise.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** `i * i >> shift`, of which fflate's streaming encoder made distances that reach before the beginning. */
export const squares = (sizeBytes: number, shift = 7): Bytes => Uint8Array.from({ length: sizeBytes }, (_, i) => (i * i) >> shift);

/** Counts up, `run` times each value. */
const ramp = (sizeBytes: number, step: number, run: number): Bytes =>
  Uint8Array.from({ length: sizeBytes }, (_, i) => Math.floor(i / run) * step);

/** A block that comes again `distance` bytes later, with something else between. */
function repeated(sizeBytes: number, distance: number, times: number, seed: number): Bytes {
  const block = noise(sizeBytes, seed);
  const between = ramp(Math.max(0, distance - sizeBytes), 1, 5);
  return concat(Array.from({ length: times }, () => [block, between]).flat());
}

// The window of deflate is 32 KiB, a stored block holds 65,535 bytes.
const lengths = fc.oneof(fc.integer({ min: 0, max: 40_000 }), fc.constantFrom(0, 1, 2, 3, 32_767, 32_768, 32_769, 65_535, 65_536));

const piece = fc.oneof(
  fc.tuple(lengths, fc.nat(12)).map(([size, shift]) => squares(size, shift)),
  fc.tuple(lengths, fc.integer({ min: 1, max: 255 }), fc.integer({ min: 1, max: 300 })).map(([size, step, run]) => ramp(size, step, run)),
  fc
    .tuple(
      fc.integer({ min: 3, max: 600 }),
      fc.integer({ min: -300, max: 300 }),
      fc.integer({ min: 2, max: 4 }),
      fc.integer({ min: 1, max: 9 }),
    )
    .map(([size, by, times, seed]) => repeated(size, 32_768 + by, times, seed)),
  lengths.map((size) => new Uint8Array(size)),
  fc.tuple(fc.nat(3000), fc.integer({ min: 1, max: 9 })).map(([size, seed]) => noise(size, seed)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
);

/** Ramps, squares, zeros, noise, blocks at distances near 32 KiB; one behind the other. */
export const structured: fc.Arbitrary<Bytes> = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => concat(pieces));

/** Sizes of chunks, over and over; never small ones alone, which take their time. */
export const chunkings: fc.Arbitrary<number[]> = fc
  .tuple(
    fc.integer({ min: 4000, max: 140_000 }),
    fc.array(fc.oneof(fc.integer({ min: 1, max: 9000 }), fc.constantFrom(1, 8192, 32_768, 65_535, 65_536)), { maxLength: 3 }),
  )
  .map(([size, sizes]) => [...sizes, size]);
