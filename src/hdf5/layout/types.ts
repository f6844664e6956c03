/**
 * What the planner knows of a file's structures. Types only, no code. Addresses are offsets from the file's first byte, the user block
 * included; an address that the file leaves undefined is `undefined`. Source of all formats of this folder: the HDF5 File Format
 * Specification, version 3.0 and 4.0 (HDF5 2.0); comments name its sections.
 *
 * @module
 */
import type { ByteRange } from '../types.ts';

/** How wide addresses and lengths are, where addresses count from, and what all objects share. */
export interface FieldSizes {
  /** Where the signature is: the size of the user block. */
  readonly baseAddress: number;
  /** Bytes of an address: 2, 4 or 8. */
  readonly offsetBytes: number;
  /** Bytes of a length: 2, 4 or 8. */
  readonly lengthBytes: number;
  /** Where messages are that objects share, when there are any. */
  readonly sharedTable?: SharedTable | undefined;
}

/** The table of heaps of shared messages. */
export interface SharedTable {
  readonly at: number;
  readonly heaps: number;
}

/** What the superblock says (II.A). */
export interface Superblock extends FieldSizes {
  readonly version: number;
  /** The object header of the root group. */
  readonly rootAddress: number;
  /** Half of the entries of a node: of the trees of chunks and of groups, and of the leaves of groups, all of version 1. */
  readonly treeK: { readonly chunks: number; readonly groups: number; readonly groupLeaves: number };
}

/** One message of an object header (IV.A.2). */
export interface HeaderMessage {
  readonly type: number;
  /** Bit 1: `bytes` tell where the message is, for others have the same. */
  readonly flags: number;
  /** Not to be changed. */
  readonly bytes: Uint8Array;
}

/** An object header with its continuations, without what is empty. */
export interface ObjectHeader {
  readonly address: number;
  readonly version: number;
  readonly messages: readonly HeaderMessage[];
}

/** One step of a filter pipeline. */
export interface FilterStep {
  /** The registered number, e.g. 1 for deflate. */
  readonly id: number;
  readonly name?: string | undefined;
  /** Bit 0: chunks may be stored without it. */
  readonly flags: number;
  readonly values: readonly number[];
}

/** What values are where nothing was written. */
export interface FillValue {
  /** False: nobody said, so what is read there has no meaning. */
  readonly defined: boolean;
  /** One element as it is stored; zeros when left out. */
  readonly bytes?: Uint8Array | undefined;
}

/** How the chunks of a dataset are found (IV.A.2.i, VII). */
export interface ChunkIndex {
  readonly kind: 'single' | 'implicit' | 'fixed-array' | 'extensible-array' | 'btree-2' | 'btree-1';
  /** Of the index or, for `single` and `implicit`, of the data; undefined when nothing was written. */
  readonly at?: number | undefined;
  /** Of the one filtered chunk of `single`. */
  readonly single?: { readonly sizeBytes: number; readonly filterMask: number } | undefined;
}

/** What an object header says of a dataset's values. */
export interface DatasetLayout {
  readonly kind: 'compact' | 'contiguous' | 'chunked' | 'virtual';
  /** Bytes of one element in the file. */
  readonly elementBytes: number;
  /** `null`: the dataset has no values at all. */
  readonly space: 'scalar' | 'simple' | 'null';
  readonly shape: readonly number[];
  /** Infinity where there is no limit. */
  readonly maxShape: readonly number[];
  readonly chunkShape?: readonly number[] | undefined;
  readonly index?: ChunkIndex | undefined;
  readonly contiguous?: { readonly at?: number | undefined; readonly sizeBytes: number } | undefined;
  /** The values of a compact dataset, which are in its header. */
  readonly compact?: Uint8Array | undefined;
  /** Whether chunks pass through a pipeline. */
  readonly filtered: boolean;
  readonly filters: readonly FilterStep[];
  /** Whether chunks that reach over the edge are stored as they are, without the filters. */
  readonly plainEdges: boolean;
  /** Whether the values are in other files. */
  readonly external: boolean;
  /** The datatype message (IV.A.2.d). */
  readonly datatype: Uint8Array;
  readonly fillValue?: FillValue | undefined;
}

/** What must be here to read a selection. */
export interface SelectionPlan {
  /** In the order of the file, none touching another. */
  readonly ranges: readonly ByteRange[];
  /** Chunks among them; absent where there are none by nature. */
  readonly chunks?: number | undefined;
}

/** Where one chunk is stored. */
export interface ChunkPlace {
  /** Its place in the grid of chunks; times the chunk's shape it is that of its first element. */
  readonly index: readonly number[];
  readonly at: number;
  readonly sizeBytes: number;
  /** Bit n: step n of the filters was left out. As the index has it, so 0 for edges that are stored as they are. */
  readonly filterMask: number;
}
