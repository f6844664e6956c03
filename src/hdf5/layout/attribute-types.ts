/**
 * The types of an object's attributes, as exactly as the file has them.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';
import type { Look } from '../types.ts';
import { readAttribute } from './groups/attribute-message.ts';
import { ATTRIBUTE_INFO, denseStorage, fetchDense, type DenseStorage } from './groups/dense.ts';
import { heapObject } from './groups/heap-object.ts';
import { objectHeader } from './object-header.ts';
import { sharedObject } from './shared-heap.ts';
import { ownBytes } from './shared-message.ts';
import type { HeaderMessage, Superblock } from './types.ts';
import { Walk } from './walk.ts';

const ATTRIBUTE = 0x0c;
const SHARED = 0x02;
/** Records that find attributes by name. */
const BY_NAME = 8;
const HEAP_ID_BYTES = 8;

type Found = Awaited<ReturnType<typeof readAttribute>>;

/** What cannot be looked up is left out. */
async function known(found: Promise<Found | undefined>): Promise<Found | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Hdf5Error && error.code === 'NotSupported') return undefined;
    throw error;
  }
}

async function ofMessage(walk: Walk, message: HeaderMessage): Promise<Found> {
  return readAttribute(walk, await ownBytes(walk, message));
}

/** Attributes that are not in the header. */
async function ofDense(walk: Walk, storage: DenseStorage): Promise<(Found | undefined)[]> {
  const [heap, records] = await fetchDense(walk, storage, {
    types: [BY_NAME],
    parse: (record) => ({ id: record.take(HEAP_ID_BYTES), flags: record.u8() }),
  });
  return Promise.all(
    records.map(({ id, flags }) => {
      const object = flags & SHARED ? sharedObject(walk, ATTRIBUTE, id) : heapObject(walk, heap, id);
      return known(object.then((bytes) => bytes && readAttribute(walk, bytes)));
    }),
  );
}

/**
 * Reads the datatype message of each attribute of an object. Types that are committed elsewhere are looked up.
 *
 * @param address of the object header, from the file's first byte on
 * @returns by name; what is missing is not known, because it is packed
 * @throws Hdf5Error
 */
export async function attributeTypes(look: Look, superblock: Superblock, address: number): Promise<Map<string, Uint8Array>> {
  const walk = new Walk(look, superblock);
  const { messages } = await objectHeader(walk, address);
  const reading: Promise<(Found | undefined)[]>[] = [];
  for (const message of messages) {
    if (message.type === ATTRIBUTE) reading.push(known(ofMessage(walk, message)).then((found) => [found]));
    const dense = message.type === ATTRIBUTE_INFO && denseStorage(walk, message);
    if (dense) reading.push(ofDense(walk, dense));
  }
  const types = new Map<string, Uint8Array>();
  for (const found of (await Promise.all(reading)).flat()) if (found) types.set(found.name, found.datatype);
  return types;
}
