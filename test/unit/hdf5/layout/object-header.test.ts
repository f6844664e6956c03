import { readObjectHeader } from '../../../../src/hdf5/layout/object-header.ts';
import type { Superblock } from '../../../../src/hdf5/layout/types.ts';
import { equal, rejects, test } from '../../../harness.ts';
import { fileOf, le, text } from './fields.ts';
import { memoryLook } from './look.ts';

const superblock: Superblock = {
  version: 2,
  baseAddress: 0,
  offsetBytes: 8,
  lengthBytes: 8,
  rootAddress: 0,
  treeK: { chunks: 32, groups: 16, groupLeaves: 4 },
};

/** A message of a header of version 1. */
const message1 = (type: number, bytes: readonly number[], flags = 0): number[] => [
  ...le(type, 2),
  ...le(bytes.length, 2),
  flags,
  ...le(0, 3),
  ...bytes,
];
const header1 = (...messages: number[][]): number[] => {
  const bytes = messages.flat();
  return [1, 0, ...le(messages.length, 2), ...le(1, 4), ...le(bytes.length, 4), ...le(0, 4), ...bytes];
};
/** A message of a header of version 2 that keeps the order of attributes. */
const message2 = (type: number, bytes: readonly number[], flags = 0): number[] => [type, ...le(bytes.length, 2), flags, 7, 0, ...bytes];
const header2 = (...messages: number[][]): number[] => {
  const bytes = messages.flat();
  // times, limits of attributes, and sizes of 2 bytes
  return [...text('OHDR'), 2, 0x35, ...le(0, 16), ...le(0, 4), ...le(bytes.length, 2), ...bytes, ...le(0, 4)];
};
const continued = (at: number, sizeBytes: number): number[] => [...le(at, 8), ...le(sizeBytes, 8)];

const read = async (parts: Record<number, readonly number[]>, at = 0) => {
  const { version, messages } = await readObjectHeader(memoryLook(fileOf(parts)), superblock, at);
  return [version, ...messages.map(({ type, flags, bytes }) => [type, flags, [...bytes]])];
};

test('object headers of version 1: messages, empty ones left out, continuations in turn', async () => {
  const last = message1(3, [9], 1);
  const next = [...message1(0x10, continued(900, last.length)), ...message1(5, [])];
  const file = {
    96: header1(message1(1, [1, 2]), message1(0, [0, 0, 0]), message1(0x10, continued(800, next.length))),
    800: next,
    900: last,
  };
  equal(await read(file, 96), [1, [1, 0, [1, 2]], [5, 0, []], [3, 1, [9]]]);
});

test('object headers of version 2: times and orders are gone over, gaps and checksums are no messages', async () => {
  const next = [...text('OCHK'), ...message2(0x0c, [4, 5]), 0, 0, 0, ...le(-1, 4)];
  const file = { 0: header2(message2(1, [1]), message2(0x10, continued(300, next.length)), message2(8, [2], 2)), 300: next };
  equal(await read(file), [2, [1, 0, [1]], [8, 2, [2]], [0x0c, 0, [4, 5]]]);
});

test('object headers that are longer than what is read of them at first', async () => {
  const long = Array.from({ length: 700 }, (_, i) => i % 256);
  equal(await read({ 0: header1(message1(1, long), message1(2, [1])) }), [1, [1, 0, long], [2, 0, [1]]]);
  equal(await read({ 0: header2(message2(1, long), message2(2, [1])) }), [2, [1, 0, long], [2, 0, [1]]]);
});

test('object headers: those that cannot be are refused, and loops end', async () => {
  const bad: Record<string, Record<number, readonly number[]>> = {
    'another version': { 0: [7, ...header1().slice(1)] },
    nothing: { 0: [] },
    'a message that is too long': { 0: header1([...le(1, 2), ...le(50, 2), 0, 0, 0, 0, 1]) },
    'a header that is too long': { 0: [1, 0, 0, 0, ...le(1, 4), ...le(2 ** 32 - 1, 4), ...le(0, 4)] },
    'a continuation to itself': { 0: header1(message1(0x10, continued(0, 40))), 40: [0] },
    'a continuation behind the end': { 0: header1(message1(0x10, continued(10_000, 40))) },
    'a continuation of an absurd size': { 0: header1(message1(0x10, [...le(16, 8), ...le(-1, 8)])) },
    'a continuation without its signature': { 0: header2(message2(0x10, continued(100, 30))), 100: text('OHDR'.padEnd(40)) },
    'a continuation that is too short': { 0: header2(message2(0x10, continued(100, 3))), 100: text('OCHK') },
  };
  for (const [what, parts] of Object.entries(bad))
    await rejects<Error>(read(parts), ({ name }) => name === 'Hdf5Error').catch((error) => {
      throw new Error(`${what}: ${error}`);
    });
  const loop = message1(0x10, continued(200, 24));
  await rejects(read({ 0: header1(loop), 200: loop }), 'InvalidFile');
});

test('object headers: sizes that lie do not have much of a large file fetched', async () => {
  const small = fileOf({ 0: [1, 0, 0, 0, ...le(1, 4), ...le(2 ** 27, 4), ...le(0, 4)] }, 600);
  const look = memoryLook(small);
  await rejects(readObjectHeader({ ...look, byteLength: 2 ** 40 }, superblock, 0), 'NotSupported');
  equal(look.asked, [{ start: 0, end: 512 }]);
});
