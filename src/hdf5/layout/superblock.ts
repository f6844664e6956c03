/**
 * Where a file begins, and how its addresses are written (II.A: superblocks 0 to 3; II.C: what extends them).
 *
 * @module
 */
import { Hdf5Error, NotHdf5Error } from '../errors.ts';
import type { Look } from '../types.ts';
import { Cursor } from './cursor.ts';
import { objectHeader } from './object-header.ts';
import { readSharedTable, SHARED_TABLE } from './shared-heap.ts';
import type { Superblock } from './types.ts';
import { Walk } from './walk.ts';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** The longest one: version 1 with addresses of 8 bytes. */
const MAX_BYTES = 100;
const FORMER_K = { chunks: 32, groups: 16, groupLeaves: 4 };
const TREE_K_MESSAGE = 0x13;

/** The file's first byte and 512, 1024, 2048 … behind it: what lies before is the user's. */
function* candidates(byteLength: number): Generator<number> {
  for (let at = 0; at + SIGNATURE.length <= byteLength; at = at ? at * 2 : 512) yield at;
}

async function findSignature(look: Look): Promise<number> {
  const isAt = async (at: number): Promise<boolean> => {
    const bytes = await look.read(at, at + SIGNATURE.length, { exact: at > 0 });
    return SIGNATURE.every((byte, i) => bytes[i] === byte);
  };
  const places = [...candidates(look.byteLength)];
  if (places.length && (await isAt(0))) return 0;
  const found = await Promise.all(places.map(isAt));
  const first = places.find((_, i) => found[i]);
  if (first === undefined) throw new NotHdf5Error('Not an HDF5 file: its signature was not found');
  return first;
}

/**
 * Reads the superblock, and the messages that extend it.
 *
 * @throws NotHdf5Error without the signature; Hdf5Error (`InvalidFile`, or `NotSupported` for a version or width that is not known)
 */
export async function readSuperblock(look: Look): Promise<Superblock> {
  const baseAddress = await findSignature(look);
  const end = Math.min(baseAddress + MAX_BYTES, look.byteLength);
  const bytes = await look.read(baseAddress, end);
  const sizes = { baseAddress, offsetBytes: 8, lengthBytes: 8 };
  const start = new Cursor(bytes, sizes, 'superblock');
  start.skip(SIGNATURE.length);
  const version = start.u8();
  if (version > 3) throw new Hdf5Error(`HDF5 file: superblock of version ${version}`, { code: 'NotSupported' });
  // free space, root group, reserved, shared messages: their versions
  if (version < 2) start.skip(4);
  const widths = [start.u8(), start.u8()] as const;
  if (widths.some((width) => ![2, 4, 8].includes(width)))
    throw new Hdf5Error(`HDF5 file: addresses of ${widths[0]} and lengths of ${widths[1]} bytes`, { code: 'NotSupported' });
  const cursor = new Cursor(bytes, { baseAddress, offsetBytes: widths[0], lengthBytes: widths[1] }, 'superblock');
  cursor.at = start.at;
  return version < 2 ? former(cursor, version) : latter(look, cursor, version);
}

/** Versions 0 and 1. */
function former(cursor: Cursor, version: number): Superblock {
  cursor.skip(1);
  const treeK = { ...FORMER_K, groupLeaves: cursor.u16(), groups: cursor.u16() };
  cursor.skip(4);
  if (version === 1) {
    treeK.chunks = cursor.u16();
    cursor.skip(2);
  }
  const { sizes } = cursor;
  // base address, free space, end of the file, driver; then the name of the root group in its entry
  cursor.skip(5 * sizes.offsetBytes);
  return finish(cursor, version, treeK);
}

/** Versions 2 and 3. */
async function latter(look: Look, cursor: Cursor, version: number): Promise<Superblock> {
  const { sizes } = cursor;
  // flags, base address
  cursor.skip(1 + sizes.offsetBytes);
  const extension = cursor.address();
  // end of the file
  cursor.skip(sizes.offsetBytes);
  const superblock = finish(cursor, version, FORMER_K);
  return extension === undefined ? superblock : { ...superblock, ...(await readExtension(new Walk(look, sizes), extension)) };
}

function finish(cursor: Cursor, version: number, treeK: Superblock['treeK']): Superblock {
  if (isAbsurd(treeK)) throw cursor.bad('has nodes without entries');
  return { ...cursor.sizes, version, rootAddress: cursor.place(), treeK };
}

const isAbsurd = (treeK: Superblock['treeK']): boolean => Object.values(treeK).some((k) => k < 1);

/** The message B-tree 'K' values (IV.A.2.t). */
function readTreeK(cursor: Cursor): Superblock['treeK'] {
  cursor.version(0);
  const treeK = { chunks: cursor.u16(), groups: cursor.u16(), groupLeaves: cursor.u16() };
  if (isAbsurd(treeK)) throw cursor.bad('has nodes without entries');
  return treeK;
}

/** What the superblock's extension tells besides. */
async function readExtension(walk: Walk, extension: number): Promise<Partial<Pick<Superblock, 'treeK' | 'sharedTable'>>> {
  try {
    const { messages } = await objectHeader(walk, extension);
    const found = <T>(type: number, read: (cursor: Cursor) => T): T | undefined => {
      const message = messages.find((one) => one.type === type);
      return message && read(new Cursor(message.bytes, walk.sizes, `message of type ${type} of the superblock`));
    };
    const treeK = found(TREE_K_MESSAGE, readTreeK);
    const sharedTable = found(SHARED_TABLE, readSharedTable);
    return { ...(treeK && { treeK }), ...(sharedTable && { sharedTable }) };
  } catch (error) {
    // the library says what is wrong there; for planning what is usual will do
    if (error instanceof Hdf5Error) return {};
    throw error;
  }
}
