/**
 * Structures by hand, field by field.
 *
 * @module
 */

/** A number, little-endian, as the bytes that it takes; -1 for all ones. */
export const le = (value: number, width: number): number[] =>
  Array.from({ length: width }, (_, i) => (value < 0 ? 0xff : Math.floor(value / 256 ** i) % 256));

/** Characters. */
export const text = (value: string): number[] => Array.from(value, (one) => one.charCodeAt(0));

/** A file of structures at their places, zeros between. */
export function fileOf(parts: Readonly<Record<number, readonly number[]>>, byteLength?: number): Uint8Array {
  const ends = Object.entries(parts).map(([at, bytes]) => Number(at) + bytes.length);
  const file = new Uint8Array(byteLength ?? Math.max(...ends));
  for (const [at, bytes] of Object.entries(parts)) file.set(bytes, Number(at));
  return file;
}
