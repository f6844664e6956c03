/** Types: from letters, from values, into messages and the library's words. */
import fc from 'fast-check';
import { parseDatatype } from '../../../../src/hdf5/values/datatype-message.ts';
import { dtypeOf } from '../../../../src/hdf5/values/dtype.ts';
import type { Hdf5Type } from '../../../../src/hdf5/values/type.ts';
import { readSuperblock } from '../../../../src/hdf5/layout/superblock.ts';
import { datatypeMessage } from '../../../../src/hdf5/write/types/datatype-message.ts';
import { typeOfDtype, type Hdf5Dtype } from '../../../../src/hdf5/write/types/dtype-text.ts';
import { inferType } from '../../../../src/hdf5/write/types/infer.ts';
import { layOut, shapeOf, type Hdf5Data } from '../../../../src/hdf5/write/types/lay-out.ts';
import { libraryType } from '../../../../src/hdf5/write/types/library-type.ts';
import { booleanType, compoundType, floatType, integerType, textType } from '../../../../src/hdf5/write/types/make.ts';
import { typeFile } from '../../../../src/hdf5/write/types/type-file.ts';
import { loadLibrary } from '../../../../src/hdf5/library/load.ts';
import { openForWriting } from '../../../../src/hdf5/write/open.ts';
import { env, uniqueName } from '../../../env.ts';
import { equal, rejects, sameBytes, test } from '../../../harness.ts';
import { enumOf, float, hex, integer } from '../values/types.ts';
import { messages } from '../values/messages.ts';
import { types } from './any-type.ts';

test('datatype messages: what is written is read again', () => {
  fc.assert(
    fc.property(types, (type) => {
      const message = datatypeMessage(type);
      equal(parseDatatype(message), { type, end: message.length });
    }),
    { seed: env().seed, numRuns: 300 },
  );
});

test('datatype messages: those of h5py, byte by byte', () => {
  const simple = [
    'i8',
    'u4be',
    'f2',
    'f8be',
    'bfloat16',
    'longDouble',
    'binary128be',
    'padded',
    'time',
    'fixed',
    'fixedUtf8Spaces',
  ] as const;
  for (const name of [...simple, 'bits', 'object', 'region', 'text', 'vlen', 'vlenOfTexts', 'complex'] as const) {
    const bytes = hex(messages[name]);
    sameBytes(datatypeMessage(parseDatatype(bytes).type), bytes);
  }
  // h5py has newer versions of these, and older ones
  for (const name of ['compound', 'compound3', 'enum', 'enum3', 'boolean3', 'array', 'array3'] as const) {
    const { type } = parseDatatype(hex(messages[name]));
    equal(parseDatatype(datatypeMessage(type)).type, type);
  }
  // the tag is told without what fills it up, which is read as a part of it
  const { type } = parseDatatype(hex(messages.tagged));
  equal(parseDatatype(datatypeMessage(type)).type, type);
  const vax = float('binary32', 'vax');
  equal(parseDatatype(datatypeMessage(vax)).type, vax);
  const large = enumOf(integer('>i8'), { LOW: -(2n ** 63n), HIGH: 5n });
  equal(parseDatatype(datatypeMessage(large)).type, large);
});

test('datatype messages: references of HDF5 1.12 are refused', () =>
  rejects(
    async () => datatypeMessage(parseDatatype(hex(messages.revised)).type),
    (error: Error) => error.name === 'UnsupportedTypeError',
  ));

test('dtype texts: both ways', async () => {
  const texts =
    '|i1 |u1 <i2 >u2 <i4 >i4 <u8 <f2 >f2 <f4 <f8 >f8 bfloat16 >bfloat16 <c8 >c16 bool string S8 V3 (3,2)<f8 (4)S2 vlen<i4> vlen<string> vlen<bool> reference';
  for (const text of texts.split(' ')) equal(dtypeOf(typeOfDtype(text)), text);
  const others = {
    int8: '|i1',
    uint16: '<u2',
    float16: '<f2',
    float64: '<f8',
    complex64: '<c8',
    i4: '<i4',
    '=f8': '<f8',
    '<u1': '|u1',
    'vlen<f2>': 'vlen<f2>',
  };
  for (const [text, same] of Object.entries(others)) equal(dtypeOf(typeOfDtype(text)), same);
  equal(
    typeOfDtype({ x: '<f4', inner: { y: 'bool' } }),
    compoundType([
      ['x', floatType('binary32')],
      ['inner', compoundType([['y', booleanType]])],
    ]),
  );
  // as a dataset's type tells it
  equal(typeOfDtype(textType), textType);
  equal(typeOfDtype({ class: 'string', sizeBytes: 'S4' }).class, 'compound');

  for (const text of ['', 'i3', '<i16', 'x8', 'S', 'S0', '<f3', 'vlen<>', '(2,)', '()<f8', 'bools', '__proto__'])
    await rejects(
      async () => typeOfDtype(text),
      (error: Error & { code?: string }) => ['InvalidArgument', 'InvalidFile', 'NotSupported'].includes(error.code!),
    );
  for (const text of ['float128', 'enum', 'compound', 'time64'])
    await rejects(
      async () => typeOfDtype(text),
      (error: Error) => error.name === 'UnsupportedTypeError' && error.message.includes(text),
    );
  for (const dtype of [null, 5, {}]) await rejects(async () => typeOfDtype(dtype as never), 'InvalidArgument');
});

test('values tell their type and shape', async () => {
  const cases: [Hdf5Data, string, number[]][] = [
    [1, '<f8', []],
    [1n, '<i8', []],
    [2n ** 63n, '<u8', []],
    [true, 'bool', []],
    ['text', 'string', []],
    [[1, 2, 3], '<f8', [3]],
    [[1n, 2n ** 64n - 1n], '<u8', [2]],
    [['a', 'b'], 'string', [2]],
    [[true], 'bool', [1]],
    [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      '<f8',
      [2, 3],
    ],
    [[[['a']], [['b']]], 'string', [2, 1, 1]],
    [new Int16Array(4), '<i2', [4]],
    [new Uint8ClampedArray(4), '|u1', [4]],
    [new BigUint64Array(1), '<u8', [1]],
    [new Float32Array(0), '<f4', [0]],
    [[new Int32Array(2), new Int32Array(0)], 'vlen<i4>', [2]],
    [[new Int32Array(0), new Int32Array(2)], 'vlen<i4>', [2]],
    [{ x: 1, y: 'a' }, 'compound', []],
    [[{ x: 1 }, { x: 2 }], 'compound', [2]],
    [{ x: new Float32Array(3), y: ['a', 'b', 'c'] }, 'compound', [3]],
  ];
  for (const [data, dtype, shape] of cases) {
    const laid = layOut(data);
    const type = inferType(laid.entries);
    equal([dtypeOf(type), shapeOf(laid, type)], [dtype, shape]);
  }
  const bad: unknown[] = [
    null,
    undefined,
    [],
    [[]],
    [1, 'a'],
    [1, 2n],
    [null],
    [undefined],
    [[1], [1, 2]],
    [[1], 2],
    new DataView(new ArrayBuffer(8)),
    Symbol('x'),
    () => 1,
    {},
    [{}],
  ];
  for (const data of bad) await rejects(async () => inferType(layOut(data as Hdf5Data).entries), 'InvalidArgument');
});

test('shapes: elements that are several values', async () => {
  const cases: [Hdf5Data, Hdf5Dtype, number[]][] = [
    [new Float64Array(6), '(3)<f8', [2]],
    [new Float64Array(3), '(3)<f8', []],
    [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      '(3)<f8',
      [2],
    ],
    [
      [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
      '(2,2)<f8',
      [2],
    ],
    [[1, 2, 3, 4], '<c16', [2]],
    [[1, 2], '<c16', []],
    [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      '<c16',
      [3],
    ],
    [
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
      '<c16',
      [2, 2],
    ],
    [[new Float32Array(3), new Float32Array(3)], '<f4', [2, 3]],
    [[1, 2, 3], 'vlen<i4>', []],
    [[[1], [2, 3]], 'vlen<i4>', [2]],
    [new Uint8Array(2), 'V2', []],
    [[new Uint8Array(2)], 'V2', [1]],
    [{ p: new Float64Array(6), n: [1, 2] }, { p: '(3)<f8', n: '<i4' }, [2]],
    [{ p: [1, 2, 3], n: 1 }, { p: '(3)<f8', n: '<i4' }, []],
  ];
  for (const [data, dtype, shape] of cases) {
    const type = typeOfDtype(dtype);
    equal(shapeOf(layOut(data, type), type), shape, JSON.stringify(dtype));
  }
  const type = typeOfDtype('<i4');
  equal(shapeOf(layOut(new Int32Array(6), type), type, [2, 3]), [2, 3]);
  equal(shapeOf(layOut([7], type), type, []), []);
  for (const shape of [[2, 2], [6.5], [-6], 'x', [NaN], Array.from({ length: 33 }, () => 1)])
    await rejects(async () => shapeOf(layOut(new Int32Array(6), type), type, shape as never), 'InvalidArgument');
  await rejects(async () => shapeOf(layOut(new Float64Array(5), typeOfDtype('(3)<f8')), typeOfDtype('(3)<f8')), 'InvalidArgument');
});

test('what h5wasm makes by itself', () => {
  equal(libraryType(integerType(true, 4)), { type: 0, size: 4, signed: true, vlen: false, littleEndian: true });
  const made = ['|u1', '<i8', '<f4', '<f8', '<c8', { x: '<f4', y: { z: '|i1' } }].map(
    (dtype) => libraryType(typeOfDtype(dtype as Hdf5Dtype)) !== undefined,
  );
  equal(made, [true, true, true, true, true, true]);
  const others: (Hdf5Dtype | Hdf5Type)[] = [
    '>i4',
    '<f2',
    'bfloat16',
    'bool',
    'string',
    'S4',
    'V1',
    '(2)<f8',
    'vlen<f8>',
    { x: 'bool' },
    integer('<i4', { precisionBits: 12 }),
  ];
  for (const dtype of others) equal(libraryType(typeOfDtype(dtype)), undefined);
});

test('the file that says a type is one of HDF5', async () => {
  const bytes = typeFile(datatypeMessage(booleanType), 1);
  const look = { byteLength: bytes.length, read: async (start: number, end: number) => bytes.subarray(start, end), async ensure() {} };
  const { version, rootAddress } = await readSuperblock(look);
  equal([version, rootAddress], [0, 96]);
});

test('hdf5 write: values that cannot be put into a file of any type leave the library as it was', async () => {
  const module = (await loadLibrary()) as unknown as { FS: { readdir(path: string): string[] } };
  const before = module.FS.readdir('/').length;
  const file = await openForWriting(`mem://${uniqueName('hdf5')}/a.h5`, { mode: 'w' });
  for (let i = 0; i < 20; i++) await file.setAttr(`flag ${i}`, i % 2 === 0);
  await file.abort();
  equal(module.FS.readdir('/').length, before);
});
