/** Types in a few letters. */
import { dtypeOf } from '../../../../src/hdf5/values/dtype.ts';
import type { Hdf5Type } from '../../../../src/hdf5/values/type.ts';
import { equal, test } from '../../../harness.ts';
import { array, boolean, compound, enumOf, float, integer, string, vlenString } from './types.ts';

const complex = (layout: Parameters<typeof float>[0], order?: 'little' | 'big'): Hdf5Type =>
  compound([
    ['r', float(layout, order)],
    ['i', float(layout, order)],
  ]);
const vlen = (base: Hdf5Type): Hdf5Type => ({ class: 'vlen', sizeBytes: 16, base });

test('hdf5 types in a few letters', () => {
  const names: [Hdf5Type, string][] = [
    [integer('<i4'), '<i4'],
    [integer('>u2'), '>u2'],
    [integer('>i1'), '|i1'],
    [integer('<i3'), '<i3'],
    [{ class: 'bitfield', sizeBytes: 1, byteOrder: 'little', precisionBits: 8, offsetBits: 0 }, '|u1'],
    [{ class: 'time', sizeBytes: 8, byteOrder: 'little', precisionBits: 64 }, 'time64'],
    [float('binary16'), '<f2'],
    [float('binary32', 'big'), '>f4'],
    [float('binary64'), '<f8'],
    [float('bfloat16'), 'bfloat16'],
    [float('bfloat16', 'big'), '>bfloat16'],
    [float('x87'), 'float128'],
    [float('binary128'), 'float128'],
    [float('binary32', 'vax'), 'vax:float32_e8m23'],
    [
      { ...float('binary16'), sizeBytes: 1, precisionBits: 8, signAt: 7, exponentAt: 3, exponentBits: 4, exponentBias: 7, mantissaBits: 3 },
      'float8_e4m3',
    ],
    [complex('binary32'), '<c8'],
    [complex('binary64', 'big'), '>c16'],
    [complex('x87'), 'complex256'],
    [complex('bfloat16'), 'complex<bfloat16>'],
    [{ class: 'complex', sizeBytes: 16, base: float('binary64') }, '<c16'],
    [string(8), 'S8'],
    [vlenString(), 'string'],
    [{ class: 'opaque', sizeBytes: 2, tag: 'x' }, 'V2'],
    [boolean, 'bool'],
    [enumOf(integer('<i4'), { RED: 0 }), 'enum'],
    [compound([['a', integer('<i4')]]), 'compound'],
    [array([3, 2], float('binary64')), '(3,2)<f8'],
    [vlen(integer('<i4')), 'vlen<i4>'],
    [vlen(integer('>i4')), 'vlen<>i4>'],
    [vlen(vlenString()), 'vlen<string>'],
    [{ class: 'reference', sizeBytes: 8, kind: 'object', revised: false }, 'reference'],
    [{ class: 'reference', sizeBytes: 12, kind: 'region', revised: false }, 'region-reference'],
  ];
  for (const [type, name] of names) equal(dtypeOf(type), name);
});
