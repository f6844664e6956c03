/**
 * What the header of a dataset says: its type, its shape, and where its values are.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';
import type { Look } from '../types.ts';
import { Cursor } from './cursor.ts';
import { readDataLayout, type Storage } from './messages/data-layout.ts';
import { readDataspace } from './messages/dataspace.ts';
import { readFillValue, readOldFillValue } from './messages/fill-value.ts';
import { readFilters } from './messages/filter-pipeline.ts';
import { objectHeader } from './object-header.ts';
import { ownBytes } from './shared-message.ts';
import type { DatasetLayout, FillValue, HeaderMessage, Superblock } from './types.ts';
import { Walk } from './walk.ts';

/** Types of messages (IV.A.2). */
const TYPES = {
  dataspace: 0x01,
  datatype: 0x03,
  oldFillValue: 0x04,
  fillValue: 0x05,
  externalFiles: 0x07,
  dataLayout: 0x08,
  filterPipeline: 0x0b,
} as const;

/** Reads some of a dataset's messages. */
function reader(walk: Walk, messages: readonly HeaderMessage[], address: number) {
  const find = (name: keyof typeof TYPES): HeaderMessage | undefined => messages.find(({ type }) => type === TYPES[name]);
  const cursorOf = async (message: HeaderMessage): Promise<Cursor> =>
    new Cursor(await ownBytes(walk, message), walk.sizes, `message of type ${message.type} of the object at ${address}`);
  return {
    has: (name: keyof typeof TYPES): boolean => find(name) !== undefined,
    async maybe<T>(name: keyof typeof TYPES, read: (cursor: Cursor) => T): Promise<T | undefined> {
      const message = find(name);
      return message && read(await cursorOf(message));
    },
    async must<T>(name: keyof typeof TYPES, read: (cursor: Cursor) => T): Promise<T> {
      const message = find(name);
      if (!message) throw new Hdf5Error(`HDF5 file: the object at ${address} is no dataset`);
      return read(await cursorOf(message));
    },
  };
}

/** Bytes of one element: the second half of the datatype's head (IV.A.2.d). */
const elementBytesOf = (datatype: Uint8Array): number => {
  const cursor = new Cursor(datatype, { baseAddress: 0, offsetBytes: 8, lengthBytes: 8 }, 'datatype');
  cursor.skip(4);
  return cursor.u32();
};

/** What a contiguous dataset takes, and that it is not less than its values need. */
function contiguous(storage: Storage & { kind: 'contiguous' }, shape: readonly number[], elementBytes: number) {
  const neededBytes = shape.reduce((product, length) => product * length, elementBytes);
  const sizeBytes = storage.sizeBytes ?? neededBytes;
  if (!Number.isSafeInteger(neededBytes)) throw new Hdf5Error('HDF5 file: a dataset is too large');
  // where there is no place yet the size may be, too
  if (storage.at !== undefined && sizeBytes < neededBytes) throw new Hdf5Error('HDF5 file: a dataset has less room than values');
  return { at: storage.at, sizeBytes };
}

function chunked(storage: Storage & { kind: 'chunked' }, rank: number, elementBytes: number) {
  const { dims, index } = storage;
  const chunkShape = dims.slice(0, -1);
  if (chunkShape.length !== rank || dims.at(-1) !== elementBytes) throw new Hdf5Error('HDF5 file: chunks are unlike their dataset');
  const chunkBytes = dims.reduce((product, length) => product * length, 1);
  if (dims.some((length) => length < 1) || !Number.isSafeInteger(chunkBytes)) throw new Hdf5Error('HDF5 file: chunks of an absurd size');
  return { chunkShape, index };
}

/**
 * Reads what the header of a dataset says of its values. Types that are committed elsewhere are looked up.
 *
 * @param address of the object header, from the file's first byte on
 * @throws Hdf5Error when there is no dataset, or what it says makes no sense
 */
export async function readDatasetLayout(look: Look, superblock: Superblock, address: number): Promise<DatasetLayout> {
  const walk = new Walk(look, superblock);
  const { messages } = await objectHeader(walk, address);
  const read = reader(walk, messages, address);
  const [datatype, space, storage, filters = [], newFill, oldFill] = await Promise.all([
    read.must('datatype', ({ bytes }) => bytes.slice()),
    read.must('dataspace', readDataspace),
    read.must('dataLayout', readDataLayout),
    read.maybe('filterPipeline', readFilters),
    read.maybe('fillValue', readFillValue),
    read.maybe('oldFillValue', readOldFillValue),
  ]);
  const fillValue: FillValue | undefined = newFill ?? oldFill;
  const elementBytes = elementBytesOf(datatype);
  return {
    kind: storage.kind,
    elementBytes,
    ...space,
    ...(storage.kind === 'chunked' && chunked(storage, space.shape.length, elementBytes)),
    ...(storage.kind === 'contiguous' && { contiguous: contiguous(storage, space.space === 'null' ? [0] : space.shape, elementBytes) }),
    ...(storage.kind === 'compact' && { compact: storage.compact }),
    filtered: filters.length > 0,
    filters,
    plainEdges: storage.kind === 'chunked' && storage.plainEdges,
    external: read.has('externalFiles'),
    datatype,
    ...(fillValue && { fillValue }),
  };
}
