/**
 * An HDF5 file with nothing in it but one dataset of a type, so that the library comes to know the type. Source: the HDF5 File Format Specification,
 * version 4.0: II.A (superblock of version 0), III.C (symbol table entry), IV.A.1.a (object headers of version 1) and the messages named below.
 *
 * @module
 */

/** The dataset's path in the file. */
export const TYPE_PATH = '/t';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const SUPERBLOCK_BYTES = 96;
/** Sizes of nodes of groups, which there are none of. */
const LEAF_K = 4;
const INTERNAL_K = 16;

/** Numbers of messages. */
const DATASPACE = 0x01;
const LINK_INFO = 0x02;
const DATATYPE = 0x03;
const FILL_VALUE = 0x05;
const LINK = 0x06;
const DATA_LAYOUT = 0x08;
const GROUP_INFO = 0x0a;

const u16 = (value: number): number[] => [value & 0xff, value >>> 8];
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
const u64 = (value: number): number[] => [...u32(value), 0, 0, 0, 0];
/** HDF5's address of what is nowhere. */
const nowhere = Array.from({ length: 8 }, () => 0xff);

const padded = (bytes: ArrayLike<number>): number[] => [
  ...Array.from(bytes),
  ...Array.from({ length: (8 - (bytes.length % 8)) % 8 }, () => 0),
];

function header(messages: readonly (readonly [type: number, bytes: ArrayLike<number>])[]): number[] {
  const body = messages.flatMap(([type, bytes]) => {
    const data = padded(bytes);
    return [...u16(type), ...u16(data.length), 0, 0, 0, 0, ...data];
  });
  return [1, 0, ...u16(messages.length), ...u32(1), ...u32(body.length), 0, 0, 0, 0, ...body];
}

/**
 * The file's bytes.
 *
 * @param datatype the datatype message
 * @param elementBytes bytes of an element in the file
 */
export function typeFile(datatype: Uint8Array, elementBytes: number): Uint8Array {
  const name = TYPE_PATH.slice(1);
  const root = (dataset: number): number[] =>
    header([
      [LINK_INFO, [0, 0, ...nowhere, ...nowhere]],
      [GROUP_INFO, [0, 0]],
      [LINK, [1, 0, name.length, ...new TextEncoder().encode(name), ...u64(dataset)]],
    ]);
  const rootAt = SUPERBLOCK_BYTES;
  const datasetAt = rootAt + root(0).length;
  const dataset = (values: number): number[] =>
    header([
      // one axis, of one element
      [DATASPACE, [1, 1, 0, 0, 0, 0, 0, 0, ...u64(1)]],
      [DATATYPE, datatype],
      // taken when written to, filled if a value is set, which none is
      [FILL_VALUE, [2, 2, 2, 0]],
      // contiguous
      [DATA_LAYOUT, [3, 1, ...u64(values), ...u64(elementBytes)]],
    ]);
  const valuesAt = datasetAt + dataset(0).length;
  const end = valuesAt + elementBytes;
  // versions and widths; sizes of nodes and flags
  const superblock = [SIGNATURE, [0, 0, 0, 0, 0, 8, 8, 0], u16(LEAF_K), u16(INTERNAL_K), u32(0)].flat();
  // base, free space, end, driver; then the root's entry: name, header, and nothing that is kept of it
  superblock.push(...u64(0), ...nowhere, ...u64(end), ...nowhere, ...u64(0), ...u64(rootAt), ...u64(0), ...u64(0), ...u64(0));
  const file = new Uint8Array(end);
  file.set([...superblock, ...root(datasetAt), ...dataset(valuesAt)]);
  return file;
}
