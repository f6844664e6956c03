/**
 * Attributes of groups, datasets and named types.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { attributeTypes } from '../layout/attribute-types.ts';
import type { FileId, H5Module } from '../library/module.ts';
import { withMemory } from '../library/memory.ts';
import { parseDatatype } from '../values/datatype-message.ts';
import { decode, scalarOf } from '../values/decode.ts';
import { memoryTypeOf } from '../values/memory-type.ts';
import { typeOfMetadata, type H5Metadata } from '../values/metadata.ts';
import type { Hdf5Type, Hdf5Value } from '../values/type.ts';
import { addressNow } from './address.ts';
import { tryPlan, type FileContext } from './context.ts';
import { exactType, hasPointers } from './exact-type.ts';

/** Attributes by name, in the order of the file. */
export type Hdf5Attributes = Record<string, Hdf5Value>;

const isEmpty = ({ shape }: H5Metadata): boolean => shape === null;

/** One attribute's value. */
function valueNow(module: H5Module, file: FileId, place: { path: string; name: string }, metadata: H5Metadata, type: Hdf5Type): Hdf5Value {
  if (isEmpty(metadata)) return null;
  const { path, name } = place;
  const count = metadata.total_size;
  const sizeBytes = count * metadata.size;
  return withMemory(module, sizeBytes, (pointer) => {
    module.get_attribute_data(file, path, name, BigInt(pointer));
    try {
      const raw = module.HEAPU8.subarray(pointer, pointer + sizeBytes);
      const values = decode(raw, memoryTypeOf(type), count, { heap: module.HEAPU8 });
      return metadata.shape!.length === 0 ? scalarOf(values, type) : values;
    } finally {
      if (hasPointers(type)) module.reclaim_vlen_memory(file, path, name, BigInt(pointer));
    }
  });
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
  const { engine, superblock } = context;
  const work = engine.begin();
  try {
    const at = address ?? (await engine.run((module, file) => addressNow(module, file, path, context), { signal, work }));
    // reading their types brings what the library reads them from
    const messages =
      at === undefined ? undefined : await tryPlan({ isPlanned: true }, work, signal, (look) => attributeTypes(look, superblock, at));
    return await engine.run(
      (module, file) => {
        // no attribute's name is to be taken for something that objects have
        const attributes = Object.create(null) as Hdf5Attributes;
        for (const name of module.get_attribute_names(file, path)) {
          if (only !== undefined && name !== only) continue;
          const metadata = module.get_attribute_metadata(file, path, name);
          const message = messages?.get(name);
          const type = exactType(typeOfMetadata(metadata), message && (() => parseDatatype(message).type));
          attributes[name] = valueNow(module, file, { path, name }, metadata, type);
        }
        return attributes;
      },
      { signal, work },
    );
  } finally {
    work.end();
  }
}
