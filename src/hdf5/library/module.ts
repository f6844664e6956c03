/**
 * What is used of h5wasm's low-level module, whose `get_*` and `create_*` functions stand over the HDF5 library compiled to WebAssembly, and of
 * Emscripten's file system in it. Types only, no code.
 *
 * Source: h5wasm 0.10.3, src/hdf5_util_helpers.d.ts and src/hdf5_util.cc.
 *
 * @module
 */
import type { H5Metadata } from '../values/metadata.ts';

/** What is told of a dataset besides its type. */
export interface H5DatasetMetadata extends H5Metadata {
  readonly maxshape: number[] | null;
  readonly chunks: number[] | null;
  /** Of a virtual dataset what it is made of; `.` is the file itself. */
  readonly virtual_sources?: readonly { readonly file_name: string; readonly dset_name: string }[];
}

/** A filter of a dataset's pipeline. */
export interface H5Filter {
  readonly id: number;
  readonly name: string;
  readonly cd_values: readonly number[];
}

/** A node of Emscripten's file system. */
export interface FsNode {
  id: number;
  mode: number;
  size?: number;
  name: string;
  parent: FsNode;
  node_ops: object;
  stream_ops: object;
}

/** An open file of Emscripten's file system. */
export interface FsStream {
  fd: number;
  node: FsNode;
  position: number;
}

/** Emscripten's file system. */
export interface EmscriptenFs {
  ErrnoError: new (errno: number) => Error;
  createNode(parent: FsNode | null, name: string, mode: number, device: number): FsNode;
  mkdir(path: string): unknown;
  rmdir(path: string): void;
  chdir(path: string): void;
  cwd(): string;
  mount(type: { mount(mount: unknown): FsNode }, options: object, path: string): FsNode;
  unmount(path: string): void;
  makedev(major: number, minor: number): number;
  registerDevice(device: number, operations: object): void;
  mkdev(path: string, device: number): unknown;
  open(path: string, flags: string): FsStream;
  closeStream(fd: number): void;
  writeFile(path: string, bytes: Uint8Array): void;
  analyzePath(path: string): { exists: boolean };
  isDir(mode: number): boolean;
}

/** An id of the library; -1 is none. */
export type FileId = bigint;

/** What datasets and attributes are made by. */
export interface H5WriteMetadata {
  readonly type: number;
  readonly size: number;
  readonly signed: boolean;
  readonly vlen: boolean;
  readonly compound_type?: { readonly nmembers: number; readonly members: readonly object[] };
  readonly shape: bigint[];
  readonly maxshape: bigint[] | null;
  readonly chunks?: bigint[] | null;
  readonly compression?: number;
  readonly compression_opts?: number[];
  readonly track_order?: boolean;
}

/** Moves values of a part of a dataset, or with nulls of all of it, out of or into memory. */
type MoveValues = (
  file: FileId,
  path: string,
  count: bigint[] | null,
  offset: bigint[] | null,
  strides: bigint[] | null,
  pointer: bigint,
) => number;

/** h5wasm's low-level module: one in each realm. */
export interface H5Module {
  readonly FS: EmscriptenFs;
  /** The memory; another one after it has grown. */
  readonly HEAPU8: Uint8Array;
  readonly H5F_ACC_RDONLY: number;
  readonly H5F_ACC_RDWR: number;
  readonly H5F_ACC_TRUNC: number;
  readonly H5F_ACC_EXCL: number;
  readonly H5G_GROUP: number;
  readonly H5G_DATASET: number;
  readonly H5G_TYPE: number;
  readonly H5G_LINK: number;
  readonly H5G_UDLINK: number;
  /** Emscripten's own way to call a function, by its name without the line in front. */
  ccall(name: string, returns: string, types: readonly string[], values: readonly unknown[]): unknown;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  open(path: string, mode: number, trackOrder: boolean, libverLow: number, libverHigh: number): FileId;
  close_file(file: FileId): number;
  flush(file: FileId): number;
  get_type(file: FileId, path: string): number;
  get_names(file: FileId, path: string, recursive: boolean): string[];
  get_symbolic_link(file: FileId, path: string): string | null;
  get_external_link(file: FileId, path: string): { filename?: string; obj_path?: string };
  get_attribute_names(file: FileId, path: string): string[];
  get_attribute_metadata(file: FileId, path: string, name: string): H5Metadata;
  get_attribute_data(file: FileId, path: string, name: string, pointer: bigint): number;
  get_dataset_metadata(file: FileId, path: string): H5DatasetMetadata;
  get_datatype_metadata(file: FileId, path: string): H5Metadata;
  get_dataset_filters(file: FileId, path: string): H5Filter[];
  get_dataset_data: MoveValues;
  set_dataset_data: MoveValues;
  reclaim_vlen_memory(file: FileId, path: string, attribute: string, pointer: bigint): number;
  reclaim_vlen_memory_count(file: FileId, path: string, attribute: string, pointer: bigint, count: bigint[]): number;
  create_object_reference(file: FileId, path: string): Uint8Array | number[];
  get_referenced_name(file: FileId, reference: Uint8Array, isObject: boolean): string;
  get_region_metadata(file: FileId, reference: Uint8Array): H5Metadata;
  get_region_data(file: FileId, reference: Uint8Array, pointer: bigint): number;
  get_plugin_search_paths(): string[];
  create_group(file: FileId, path: string, trackOrder: boolean): number;
  create_dataset(file: FileId, path: string, pointer: bigint, metadata: H5WriteMetadata): number;
  create_vlen_str_dataset(file: FileId, path: string, texts: string[], metadata: H5WriteMetadata): number;
  create_attribute(file: FileId, path: string, name: string, pointer: bigint, metadata: H5WriteMetadata): number;
  create_vlen_str_attribute(file: FileId, path: string, name: string, texts: string[], metadata: H5WriteMetadata): number;
  delete_attribute(file: FileId, path: string, name: string): number;
  resize_dataset(file: FileId, path: string, shape: bigint[]): number;
  create_soft_link(file: FileId, target: string, name: string): number;
  create_hard_link(file: FileId, target: string, name: string): number;
  create_external_link(file: FileId, filename: string, target: string, name: string): number;
}
