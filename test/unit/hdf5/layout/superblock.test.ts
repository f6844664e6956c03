import { readSuperblock } from '../../../../src/hdf5/layout/superblock.ts';
import { equal, rejects, test } from '../../../harness.ts';
import { fileOf, le, text } from './fields.ts';
import { memoryLook } from './look.ts';

const SIGNATURE = [0x89, ...text('HDF'), 0x0d, 0x0a, 0x1a, 0x0a];

/** Versions 0 and 1; the root group is at 1234. */
const former = (version: number, width: number): number[] => [
  ...SIGNATURE,
  version,
  ...le(0, 4),
  width,
  width,
  0,
  ...le(5, 2),
  ...le(17, 2),
  ...le(0, 4),
  ...(version ? [...le(33, 2), 0, 0] : []),
  ...le(0, width),
  ...le(-1, width),
  ...le(4000, width),
  ...le(-1, width),
  ...le(0, width),
  ...le(1234, width),
];

/** Versions 2 and 3. */
const latter = (version: number, width: number, extension = -1): number[] => [
  ...SIGNATURE,
  version,
  width,
  width,
  0,
  ...le(0, width),
  ...le(extension, width),
  ...le(4000, width),
  ...le(1234, width),
  ...le(0, 4),
];

/** An object header of version 2 with one message. */
const header = (type: number, bytes: readonly number[]): number[] => [
  ...text('OHDR'),
  2,
  0,
  bytes.length + 4,
  type,
  ...le(bytes.length, 2),
  0,
  ...bytes,
  ...le(0, 4),
];

test('superblocks: versions 0 to 3, with addresses of 2, 4 and 8 bytes', async () => {
  const usual = { chunks: 32, groups: 16, groupLeaves: 4 };
  for (const width of [2, 4, 8]) {
    const want = { baseAddress: 0, offsetBytes: width, lengthBytes: width, rootAddress: 1234 };
    const treeK = { chunks: 32, groups: 17, groupLeaves: 5 };
    equal(await readSuperblock(memoryLook(fileOf({ 0: former(0, width) }))), { ...want, version: 0, treeK });
    equal(await readSuperblock(memoryLook(fileOf({ 0: former(1, width) }))), { ...want, version: 1, treeK: { ...treeK, chunks: 33 } });
    equal(await readSuperblock(memoryLook(fileOf({ 0: latter(2, width) }))), { ...want, version: 2, treeK: usual });
    equal(await readSuperblock(memoryLook(fileOf({ 0: latter(3, width) }))), { ...want, version: 3, treeK: usual });
  }
});

test('superblocks: behind a user block addresses count from the signature on', async () => {
  for (const at of [512, 1024, 16_384]) {
    const { baseAddress, rootAddress } = await readSuperblock(memoryLook(fileOf({ 0: text('a note'), [at]: former(0, 8) })));
    equal([baseAddress, rootAddress], [at, at + 1234]);
  }
  await rejects(readSuperblock(memoryLook(fileOf({ 700: former(0, 8) }))), 'InvalidFile');
});

test('superblocks: the extension tells the sizes of nodes, and where it cannot be read they are as usual', async () => {
  const sizes = [0, ...le(40, 2), ...le(20, 2), ...le(8, 2)];
  const usual = { chunks: 32, groups: 16, groupLeaves: 4 };
  const treeKWith = async (parts: Record<number, number[]>) => (await readSuperblock(memoryLook(fileOf(parts)))).treeK;
  equal(await treeKWith({ 0: latter(2, 8, 200), 200: header(0x13, sizes) }), { chunks: 40, groups: 20, groupLeaves: 8 });
  equal(await treeKWith({ 0: latter(2, 8, 200), 200: header(0x0a, sizes) }), usual);
  equal(await treeKWith({ 0: latter(2, 8, 200), 200: header(0x13, [0, ...le(0, 6)]) }), usual);
  equal(await treeKWith({ 0: latter(2, 8, 200), 200: text('nothing') }), usual);
  equal(await treeKWith({ 0: latter(2, 8, 9999) }), usual);
});

test('superblocks: what is none, or of a kind that is not known', async () => {
  for (const bytes of [[], [0x89], text('not a file of this kind'), SIGNATURE.slice(0, 7)]) {
    await rejects<Error>(
      readSuperblock(memoryLook(Uint8Array.from(bytes))),
      ({ name, message }) => name === 'NotHdf5Error' && message.includes('signature'),
    );
  }
  await rejects(readSuperblock(memoryLook(fileOf({ 0: latter(4, 8) }))), 'NotSupported');
  await rejects(readSuperblock(memoryLook(fileOf({ 0: latter(2, 16) }))), 'NotSupported');
  await rejects(readSuperblock(memoryLook(fileOf({ 0: former(0, 8).slice(0, -1) }))), 'InvalidFile');
  const lost = [...latter(2, 8).slice(0, -12), ...le(-1, 8), ...le(0, 4)];
  await rejects(readSuperblock(memoryLook(fileOf({ 0: lost }))), 'InvalidFile');
});
