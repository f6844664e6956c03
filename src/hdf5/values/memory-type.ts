/**
 * What the library makes of a file's type in its memory, when h5wasm 0.10.3 reads.
 *
 * It asks for the file's own type, with what points somewhere as pointers, and sets its byte order to little when the order of the whole is
 * big or a VAX's: not when members of a compound differ in it (texts, opaque values and references have none), and not in enums, which
 * refuse. In a compound the order is set member by member, and stays undone from the first that refuses.
 *
 * @module
 */
import { POINTER_BYTES, SEQUENCE_BYTES } from './compile.ts';
import type { Hdf5ByteOrder, Hdf5CompoundMember, Hdf5CompoundType, Hdf5ReferenceType, Hdf5Type } from './type.ts';

/** Bytes of references in memory: of an object, of a region, and of all that HDF5 1.12 brought. */
const OBJECT_BYTES = 8;
const REGION_BYTES = 12;
const REVISED_BYTES = 64;

/**
 * The type of what the library hands out for values of a type of the file. Values in memory need no more than this type and the memory
 * itself.
 *
 * @param type as the file or the library says it
 */
export function memoryTypeOf(type: Hdf5Type): Hdf5Type {
  const order = orderOf(type);
  const moved = inMemory(type);
  return order === 'big' || order === 'vax' ? toLittle(moved).type : moved;
}

/** Whether values point somewhere, so that the library sorts members by their places. */
function moves(type: Hdf5Type): boolean {
  if (type.class === 'compound') return type.members.some((member) => moves(member.type));
  if (type.class === 'array') return moves(type.base);
  return type.class === 'vlen' || type.class === 'vlen-string' || type.class === 'reference';
}

/** The type with pointers in it, and so with other sizes; byte orders are the file's. */
export function inMemory(type: Hdf5Type): Hdf5Type {
  if (!moves(type)) return type;
  if (type.class === 'compound') return moveMembers(type);
  if (type.class === 'vlen') return { ...type, sizeBytes: SEQUENCE_BYTES, base: inMemory(type.base) };
  if (type.class === 'vlen-string') return { ...type, sizeBytes: POINTER_BYTES };
  if (type.class === 'reference') return { ...type, sizeBytes: referenceBytes(type) };
  if (type.class !== 'array') return type;
  const base = inMemory(type.base);
  return { ...type, base, sizeBytes: (type.sizeBytes / type.base.sizeBytes) * base.sizeBytes };
}

function referenceBytes({ kind, revised }: Hdf5ReferenceType): number {
  if (revised) return REVISED_BYTES;
  return kind === 'object' ? OBJECT_BYTES : REGION_BYTES;
}

/** Each member by as much further in front as those before it became smaller. */
function moveMembers(type: Hdf5CompoundType): Hdf5CompoundType {
  let grown = 0;
  const members = [...type.members]
    .sort((a, b) => a.offsetBytes - b.offsetBytes)
    .map((member): Hdf5CompoundMember => {
      const moved = inMemory(member.type);
      const offsetBytes = member.offsetBytes + grown;
      grown += moved.sizeBytes - member.type.sizeBytes;
      return { ...member, offsetBytes, type: moved };
    });
  return { ...type, members, sizeBytes: type.sizeBytes + grown };
}

type Order = Hdf5ByteOrder | 'mixed' | 'none';

/** The byte order of the whole, as the library tells it. */
function orderOf(type: Hdf5Type): Order {
  if ('byteOrder' in type) return type.byteOrder;
  if ('base' in type) return orderOf(type.base);
  if (type.class !== 'compound') return 'none';
  return type.members.reduce<Order>((known, member) => {
    const order = orderOf(member.type);
    if (order === 'none' || order === known) return known;
    return known === 'none' ? order : 'mixed';
  }, 'none');
}

/** The type with its byte order set to little, as far as the library gets. */
function toLittle(type: Hdf5Type): { type: Hdf5Type; isDone: boolean } {
  if ('byteOrder' in type) return { type: { ...type, byteOrder: 'little' }, isDone: true };
  if (type.class === 'enum') return { type, isDone: false };
  if (type.class === 'complex') return { type: { ...type, base: { ...type.base, byteOrder: 'little' } }, isDone: true };
  if (type.class === 'array' || type.class === 'vlen') {
    const { type: base, isDone } = toLittle(type.base);
    // values of an enum are the file's whatever is said of its numbers, so that nothing is refused here
    return { type: { ...type, base }, isDone: isDone || type.base.class === 'enum' };
  }
  return type.class === 'compound' ? membersToLittle(type) : { type, isDone: true };
}

function membersToLittle(type: Hdf5CompoundType): { type: Hdf5Type; isDone: boolean } {
  let isDone = true;
  const members = type.members.map((member) => {
    if (!isDone) return member;
    const set = toLittle(member.type);
    isDone = set.isDone;
    return { ...member, type: set.type };
  });
  return { type: { ...type, members }, isDone };
}
