/**
 * B-trees of version 2 (III.A.2): records in all nodes; what a node takes depends on its depth.
 *
 * @module
 */
import type { Cursor } from './cursor.ts';
import type { Walk } from './walk.ts';

const NODE_HEAD_BYTES = 6;
const CHECKSUM_BYTES = 4;
/** A tree of full nodes that is deeper has more records than any file. */
const MAX_DEPTH = 64;

/** What the header says. */
export interface Tree2 {
  readonly type: number;
  readonly nodeBytes: number;
  readonly recordBytes: number;
  /** 0: the root is a leaf. */
  readonly depth: number;
}

/** How a tree is read. */
export interface Tree2Reading<T> {
  /** Types of records that are known. */
  readonly types: readonly number[];
  /** Reads one record; the cursor begins there. */
  parse(record: Cursor, tree: Tree2): T;
  /** Throws when records cannot be what they should be. */
  check?(tree: Tree2, header: Cursor): void;
  /** Whether the node between two records is to be read. All are when left out. */
  between?(before: T | undefined, behind: T | undefined): boolean;
}

interface NodeAt {
  at: number;
  records: number;
}

/** How wide numbers up to a limit are written. */
const widthOf = (limit: number): number => Math.floor(Math.floor(Math.log2(limit)) / 8) + 1;

/** Bytes of a pointer to a child of each depth below: address, number of records, and number of all records below that. */
function pointerWidths(tree: Tree2, offsetBytes: number, header: Cursor): { records: number; all: number[] } {
  const { nodeBytes, recordBytes, depth } = tree;
  const room = nodeBytes - NODE_HEAD_BYTES - CHECKSUM_BYTES;
  const inLeaf = Math.floor(room / recordBytes);
  if (!(inLeaf >= 1) || depth > MAX_DEPTH) throw header.bad('has an absurd shape');
  const records = widthOf(inLeaf);
  const all = [0];
  let below = inLeaf;
  for (let d = 1; d <= depth; d++) {
    const pointerBytes = offsetBytes + records + all[d - 1]!;
    const inNode = Math.floor((room - pointerBytes) / (recordBytes + pointerBytes));
    if (inNode < 1) throw header.bad('has nodes without room');
    below = (inNode + 1) * below + inNode;
    all.push(Math.min(8, widthOf(below)));
  }
  return { records, all };
}

async function readHeader(walk: Walk, at: number, types: readonly number[]) {
  const { offsetBytes, lengthBytes } = walk.sizes;
  const sizeBytes = 16 + offsetBytes + 2 + lengthBytes + CHECKSUM_BYTES;
  const header = await walk.open(at, sizeBytes, 'B-tree', { signature: 'BTHD', exact: true });
  header.version(0);
  const type = header.u8();
  if (!types.includes(type)) throw header.bad('is of another type than expected');
  const tree: Tree2 = { type, nodeBytes: header.u32(), recordBytes: header.u16(), depth: header.u16() };
  // when nodes are split and merged
  header.skip(2);
  const rootAt = header.address();
  return { header, tree, root: rootAt === undefined ? undefined : { at: rootAt, records: header.u16() } };
}

/**
 * Reads the records of a tree, level by level, each in one wave.
 *
 * @returns the records of all nodes that were read, in no order
 */
export async function readTree2<T>(walk: Walk, at: number, reading: Tree2Reading<T>): Promise<T[]> {
  const { header, tree, root } = await readHeader(walk, at, reading.types);
  reading.check?.(tree, header);
  const { nodeBytes, recordBytes } = tree;
  const { offsetBytes } = walk.sizes;
  const widths = pointerWidths(tree, offsetBytes, header);
  const seen = new Set<number>();
  const found: T[] = [];

  const readNode = async ({ at: nodeAt, records: count }: NodeAt, depth: number, exact: boolean): Promise<NodeAt[]> => {
    const node = await walk.open(nodeAt, nodeBytes, 'node of a B-tree', { signature: depth ? 'BTIN' : 'BTLF', exact });
    node.version(0);
    if (node.u8() !== tree.type) throw node.bad('is of another type than its tree');
    walk.spend(count);
    const records = Array.from({ length: count }, (_, i) => {
      node.at = NODE_HEAD_BYTES + i * recordBytes;
      return reading.parse(node, tree);
    });
    for (const record of records) found.push(record);
    const children: NodeAt[] = [];
    node.at = NODE_HEAD_BYTES + count * recordBytes;
    for (let i = 0; depth && i <= count; i++) {
      const child = { at: node.address(), records: node.uint(widths.records) };
      node.skip(widths.all[depth - 1]!);
      if (reading.between && !reading.between(records[i - 1], records[i])) continue;
      if (child.at === undefined || seen.has(child.at)) throw node.bad('has a child that is none, or comes twice');
      seen.add(child.at);
      children.push(child as NodeAt);
    }
    return children;
  };

  let level = root ? [root] : [];
  for (let depth = tree.depth; level.length && depth >= 0; depth--) {
    // where only some are read, the next one is likely to be near, and wanted later; but leaves lie among what they lead to
    const isLowLeaf = depth === 0 && tree.depth > 0;
    const exact = !reading.between || level.length > 1 || isLowLeaf;
    level = (await Promise.all(level.map((node) => readNode(node, depth, exact)))).flat();
  }
  return found;
}
