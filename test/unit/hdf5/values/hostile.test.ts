/** Types and values that somebody broke: always an error by name, soon. */
import fc from 'fast-check';
import { CloudError } from '../../../../src/errors.ts';
import { parseDatatype } from '../../../../src/hdf5/values/datatype-message.ts';
import { decode, scalarOf } from '../../../../src/hdf5/values/decode.ts';
import { dtypeOf } from '../../../../src/hdf5/values/dtype.ts';
import { memoryTypeOf } from '../../../../src/hdf5/values/memory-type.ts';
import type { Hdf5Type } from '../../../../src/hdf5/values/type.ts';
import { env } from '../../../env.ts';
import { equal, rejects, test } from '../../../harness.ts';
import { messages } from './messages.ts';
import { hex } from './types.ts';

/** A cause would be a RangeError that came too late to name it. */
const known = (error: unknown): boolean =>
  error instanceof CloudError && ['InvalidFile', 'NotSupported'].includes(error.code) && error.cause === undefined;

/** Runs it; errors that have a name are as good as an answer. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (known(error)) return undefined;
    throw error;
  }
}

/** All that is done with a type. */
function use(type: Hdf5Type, raw: Uint8Array): void {
  dtypeOf(type);
  const memory = memoryTypeOf(type);
  equal(memoryTypeOf(memory).sizeBytes, memory.sizeBytes, 'its size in memory');
  for (const as of ['records', 'columns'] as const)
    for (const count of [0, 1, Math.floor(raw.length / memory.sizeBytes)]) {
      const values = attempt(() => decode(raw, memory, count, { heap: raw, as }));
      if (values && count === 1) scalarOf(values, memory);
    }
}

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return known(error) ? (error as CloudError).code : String(error);
  }
}

const all = Object.values(messages).map(hex);

test('hdf5 datatype messages cut short', async () => {
  for (const message of all) {
    const { end } = parseDatatype(message);
    for (let length = 0; length < end; length++) await rejects(() => parseDatatype(message.subarray(0, length)), 'InvalidFile');
  }
});

test('hdf5 datatype messages with bytes that are others', () => {
  const raw = Uint8Array.from({ length: 500 }, (_, i) => (i * i * 31 + i) & 255);
  fc.assert(
    fc.property(
      fc.constantFrom(...all),
      fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 255))), { minLength: 1, maxLength: 4 }),
      fc.uint8Array({ maxLength: 80 }),
      (message, changes, heap) => {
        const broken = message.slice();
        for (const [at, byte] of changes) broken[at % broken.length] = byte;
        const parsed = attempt(() => parseDatatype(broken));
        if (parsed) {
          use(parsed.type, raw);
          use(parsed.type, heap);
        }
      },
    ),
    { seed: env().seed, numRuns: 2500 },
  );
});

test('a mantissa without bits is nowhere, even when it is said to be behind the number', () => {
  const { type } = parseDatatype(hex('11203f000800000000004000340b6800ff030000'));
  const raw = Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xef, 0xbf);
  equal(decode(raw, type, 2, { heap: raw }), Float64Array.of(1, -0.5));
  const none = Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0x7f);
  equal(decode(none, type, 1, { heap: none }), Float64Array.of(Infinity));
});

test('hdf5 datatype messages of nothing but noise', () => {
  fc.assert(
    fc.property(fc.nat(11), fc.integer({ min: 1, max: 5 }), fc.uint8Array({ maxLength: 60 }), (kind, version, noise) => {
      const parsed = attempt(() => parseDatatype(Uint8Array.of((version << 4) | kind, ...noise)));
      if (parsed) use(parsed.type, noise);
    }),
    { seed: env().seed, numRuns: 2500 },
  );
});

test('hdf5 types nested without an end', async () => {
  const vlen = '19000000 10000000';
  const last = '10080000 04000000 00002000';
  parseDatatype(hex(vlen.repeat(30) + last));
  await rejects(() => parseDatatype(hex(vlen.repeat(40) + last)), 'InvalidFile');
  await rejects(() => parseDatatype(hex(vlen.repeat(100_000) + last)), 'InvalidFile');
});

test('hdf5 types that say more than there is', async () => {
  const refused = {
    'a size of nothing': '10080000 00000000 00002000',
    'bits beyond the number': '10080000 04000000 01002000',
    'no bits': '10080000 04000000 00000000',
    'a mantissa beyond the number': '11201f00 04000000 00002000 17080918 7f000000',
    'an exponent beyond the number': '11201f00 04000000 00002000 19080017 7f000000',
    'a sign beyond the number': '11202000 04000000 00002000 17080017 7f000000',
    'no normalisation': '11301f00 04000000 00002000 17080017 7f000000',
    'a compound without members': '36000000 04000000',
    '65,535 members': '36ffff00 04000000',
    'a member beyond the compound': '36010000 04000000 6100 01 10080000 04000000 00002000',
    'members in one another': '36020000 06000000 6100 00 10080000 04000000 00002000 6200 02 10080000 04000000 00002000',
    'members of one name': '36020000 08000000 6100 00 10080000 04000000 00002000 6100 04 10080000 04000000 00002000',
    'an array of another size': '3a000000 0c000000 01 02000000 10080000 04000000 00002000',
    'an array of nothing': '3a000000 04000000 01 00000000 10080000 04000000 00002000',
    'an array without axes': '3a000000 04000000 00 10080000 04000000 00002000',
    'an array of 255 axes': `3a000000 04000000 ff ${'01000000'.repeat(255)} 10080000 04000000 00002000`,
    'an array beyond all numbers': `3a000000 04000000 20 ${'ffffffff'.repeat(32)} 10080000 04000000 00002000`,
    'an enum of texts': '38000000 04000000 13000000 04000000',
    'an enum of another size': '38000000 02000000 10080000 04000000 00002000',
    '65,535 names': '38ffff00 04000000 10080000 04000000 00002000',
    'an odd number of a VAX': '11604f00 03000000 00001800 10070010 3f000000',
    'no version': '00080000 04000000 00002000',
  };
  const codes = Object.entries(refused).map(([what, message]) => [what, codeOf(() => parseDatatype(hex(message)))]);
  equal(
    codes,
    Object.keys(refused).map((what) => [what, 'InvalidFile']),
  );
  const unknown = ['60080000 04000000 00002000', '3c000000 04000000', '37050000 08000000', '39020000 10000000 10080000 04000000 00002000'];
  for (const message of [...unknown, '5b000000 08000000 11201f00 04000000 00002000 17080017 7f000000'])
    await rejects(() => parseDatatype(hex(message)), 'NotSupported');
});
