/**
 * Layouts of floating-point numbers that have names.
 *
 * @module
 */
import type { Hdf5FloatType } from './type.ts';

type Layout = Omit<Hdf5FloatType, 'class' | 'byteOrder'>;

const implied = (sizeBytes: number, exponentBits: number): Layout => {
  const precisionBits = sizeBytes * 8;
  const mantissaBits = precisionBits - exponentBits - 1;
  return {
    sizeBytes,
    precisionBits,
    offsetBits: 0,
    signAt: precisionBits - 1,
    exponentAt: mantissaBits,
    exponentBits,
    exponentBias: 2 ** (exponentBits - 1) - 1,
    mantissaAt: 0,
    mantissaBits,
    normalisation: 'implied',
  };
};

/** The formats of IEEE 754, bfloat16, and the 80 bits of an x87 in 16 bytes. */
export type LayoutName = 'binary16' | 'binary32' | 'binary64' | 'binary128' | 'bfloat16' | 'x87';

/** Each of them. */
export const floatLayouts: Readonly<Record<LayoutName, Layout>> = {
  binary16: implied(2, 5),
  binary32: implied(4, 8),
  binary64: implied(8, 11),
  binary128: implied(16, 15),
  bfloat16: implied(2, 8),
  x87: {
    sizeBytes: 16,
    precisionBits: 80,
    offsetBits: 0,
    signAt: 79,
    exponentAt: 64,
    exponentBits: 15,
    exponentBias: 16_383,
    mantissaAt: 0,
    mantissaBits: 64,
    normalisation: 'none',
  },
};

/** Whether numbers of a type have that layout, in whatever order of bytes. */
export function hasLayout(type: Hdf5FloatType, name: LayoutName): boolean {
  const layout = floatLayouts[name];
  return (Object.keys(layout) as (keyof Layout)[]).every((field) => type[field] === layout[field]);
}
