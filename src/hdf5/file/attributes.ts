/**
 * Attributes of groups, datasets and named types.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { attributeTypes } from '../layout/attribute-types.ts';
import type { FileId, H5Module } from '../library/module.ts';
import { withValues } from '../library/memory.ts';
import { decode, scalarOf } from '../values/decode.ts';
import { memoryTypeOf } from '../values/memory-type.ts';
import { typeOfMetadata, type H5Metadata } from '../values/metadata.ts';
import type { Hdf5Type, Hdf5Value } from '../values/type.ts';
import { addressNow } from './address.ts';
import { tryWords, type FileContext } from './context.ts';
import { exactType, hasPointers, safeType } from './exact-type.ts';
import { ofAnotherFile } from './foreign-references.ts';
import { withHomeNow } from './home.ts';

/** Attributes by name, in the order of the file. */
export type Hdf5Attributes = Record<string, Hdf5Value>;

/** Attributes that are read at a time, before the thread is given away. */
const PIECE = 32;

const isEmpty = ({ shape }: H5Metadata): boolean => shape === null;

/** One attribute's value. */
function valueNow(module: H5Module, file: FileId, place: { path: string; name: string }, metadata: H5Metadata, type: Hdf5Type): Hdf5Value {
  if (isEmpty(metadata)) return null;
  const { path, name } = place;
  const count = metadata.total_size;
  const sizeBytes = count * metadata.size;
  const values = withValues(module, sizeBytes, hasPointers(type), (pointer, address) => ({
    read: () => void module.get_attribute_data(file, path, name, address),
    take: () => decode(module.HEAPU8.subarray(pointer, pointer + sizeBytes), memoryTypeOf(type), count, { heap: module.HEAPU8 }),
    reclaim: () => void module.reclaim_vlen_memory(file, path, name, address),
  }));
  return metadata.shape!.length === 0 ? scalarOf(values, type) : values;
}

/** Which attributes are read, and what is known already. */
export interface AttributeReading extends AbortOptions {
  /** The name of one. @default all */
  only?: string | undefined;
  /** The object's address, where it is known. */
  address?: number | undefined;
}

/** Read attributes of an object. */
export async function readAttributes(
  context: FileContext,
  path: string,
  { signal, only, address }: AttributeReading = {},
): Promise<Hdf5Attributes> {
  const { engine } = context;
  const work = engine.begin();
  try {
    const at = address ?? (await engine.run((module, file) => addressNow(module, file, path, context), { signal, work }));
    // reading their types brings what the library reads them from
    const messages = await tryWords(context, { work, signal, address: at }, attributeTypes);
    const exact = new Map<string, Hdf5Type>();
    for (const [name, message] of messages ?? []) if (only === undefined || name === only) exact.set(name, safeType(message));
    const names = await engine.run(
      (module, file) => module.get_attribute_names(file, path).filter((name) => only === undefined || name === only),
      { signal, work },
    );
    // no attribute's name is to be taken for something that objects have
    const attributes = Object.create(null) as Hdf5Attributes;
    for (let from = 0; from < names.length; from += PIECE) {
      const piece = names.slice(from, from + PIECE);
      const values = await engine.run(
        (module, file) =>
          withHomeNow(module, file, path, context, (its, home) =>
            piece.map((name) => {
              const metadata = module.get_attribute_metadata(its, home, name);
              return valueNow(module, its, { path: home, name }, metadata, exactType(typeOfMetadata(metadata), exact.get(name)));
            }),
          ),
        { signal, work },
      );
      for (const [i, value] of values.entries()) attributes[piece[i]!] = value;
    }
    return at === undefined ? ofAnotherFile(attributes) : attributes;
  } finally {
    work.end();
  }
}
