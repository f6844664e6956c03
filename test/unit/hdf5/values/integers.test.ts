/** Whole numbers of all sizes, orders and paddings, against what DataView and BigInt say. */
import fc from 'fast-check';
import { decode } from '../../../../src/hdf5/values/decode.ts';
import type { Hdf5IntegerType, Hdf5Numbers } from '../../../../src/hdf5/values/type.ts';
import { env } from '../../../env.ts';
import { equal, ok, test } from '../../../harness.ts';
import { compound, hex, integer } from './types.ts';

const settings = { seed: env().seed, numRuns: 300 };

/** A type whose used bits lie anywhere in its bytes. */
const types = fc.integer({ min: 1, max: 17 }).chain((sizeBytes) =>
  fc
    .record({
      precisionBits: fc.oneof(fc.constant(sizeBytes * 8), fc.integer({ min: 1, max: sizeBytes * 8 })),
      byteOrder: fc.constantFrom('little' as const, 'big' as const),
      signed: fc.boolean(),
    })
    .chain((type) =>
      fc.integer({ min: 0, max: sizeBytes * 8 - type.precisionBits }).map((offsetBits): Hdf5IntegerType => ({
        class: 'integer',
        sizeBytes,
        offsetBits,
        ...type,
      })),
    ),
);

/** One number, bit by bit. */
function naive(bytes: Uint8Array, { byteOrder, signed, precisionBits, offsetBits }: Hdf5IntegerType): bigint {
  const lowestFirst = byteOrder === 'little' ? [...bytes] : [...bytes].reverse();
  const whole = lowestFirst.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
  const used = (whole >> BigInt(offsetBits)) % (1n << BigInt(precisionBits));
  return signed && used >> BigInt(precisionBits - 1) ? used - (1n << BigInt(precisionBits)) : used;
}

const classOf = ({ sizeBytes, signed }: Hdf5IntegerType): unknown => {
  if (sizeBytes > 8) return Array;
  const all = [Int8Array, Int16Array, Int32Array, BigInt64Array, Uint8Array, Uint16Array, Uint32Array, BigUint64Array] as const;
  const index = sizeBytes === 1 ? 0 : sizeBytes === 2 ? 1 : sizeBytes < 5 ? 2 : 3;
  return all[index + (signed ? 0 : 4)];
};

test('hdf5 integers: any size, order, precision and offset', () => {
  fc.assert(
    fc.property(types, fc.uint8Array({ maxLength: 90 }), fc.nat(3), (type, bytes, skipped) => {
      const raw = bytes.subarray(skipped);
      const count = Math.floor(raw.length / type.sizeBytes);
      const values = decode(raw, type, count) as Hdf5Numbers;
      ok(values.constructor === classOf(type), 'the right kind of array');
      const want = Array.from({ length: count }, (_, i) => naive(raw.subarray(i * type.sizeBytes, (i + 1) * type.sizeBytes), type));
      equal([...values].map(BigInt), want);
    }),
    settings,
  );
});

test('hdf5 integers: the same within compounds, whatever lies between', () => {
  fc.assert(
    fc.property(types, fc.uint8Array({ minLength: 40, maxLength: 120 }), fc.nat(5), (type, raw, paddingBytes) => {
      const whole = compound(
        [
          ['first', integer('<u1')],
          ['number', type],
        ],
        paddingBytes,
      );
      const count = Math.floor(raw.length / whole.sizeBytes);
      const { number } = decode(raw, whole, count, { as: 'columns' }) as { number: Hdf5Numbers };
      const at = whole.members[1]!.offsetBytes;
      const want = Array.from({ length: count }, (_, i) =>
        naive(raw.subarray(i * whole.sizeBytes + at, i * whole.sizeBytes + at + type.sizeBytes), type),
      );
      equal([...number].map(BigInt), want);
      equal(
        (decode(raw, whole, count) as { number: number | bigint }[]).map((record) => BigInt(record.number)),
        want,
        'records',
      );
    }),
    settings,
  );
});

test('hdf5 integers: against DataView', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.boolean(), fc.nat(7), (bytes, little, skipped) => {
      const raw = bytes.subarray(skipped);
      const view = new DataView(raw.buffer, raw.byteOffset);
      const order = little ? '<' : '>';
      const all = (size: number, get: (at: number) => number | bigint): (number | bigint)[] =>
        Array.from({ length: Math.floor(raw.length / size) }, (_, i) => get(i * size));
      const got = (name: string): (number | bigint)[] => {
        const type = integer(order + name);
        return [...(decode(raw, type, Math.floor(raw.length / type.sizeBytes)) as Int32Array)];
      };
      equal(
        got('i1'),
        all(1, (at) => view.getInt8(at)),
      );
      equal(
        got('u2'),
        all(2, (at) => view.getUint16(at, little)),
      );
      equal(
        got('i2'),
        all(2, (at) => view.getInt16(at, little)),
      );
      equal(
        got('u4'),
        all(4, (at) => view.getUint32(at, little)),
      );
      equal(
        got('i4'),
        all(4, (at) => view.getInt32(at, little)),
      );
      equal(
        got('u8'),
        all(8, (at) => view.getBigUint64(at, little)),
      );
      equal(
        got('i8'),
        all(8, (at) => view.getBigInt64(at, little)),
      );
    }),
    settings,
  );
});

test('hdf5 bits are unsigned, times are signed', () => {
  const bits = { class: 'bitfield', sizeBytes: 2, byteOrder: 'big', precisionBits: 12, offsetBits: 4 } as const;
  equal(decode(hex('fff0 801f'), bits, 2), Uint16Array.of(0xfff, 0x801));
  equal(
    decode(hex('ffffffff 00ca9a3b'), { class: 'time', sizeBytes: 4, byteOrder: 'little', precisionBits: 32 }, 2),
    Int32Array.of(-1, 1e9),
  );
  equal(decode(hex('ffffffff fffffffe'), { class: 'time', sizeBytes: 8, byteOrder: 'big', precisionBits: 64 }, 1), BigInt64Array.of(-2n));
});
