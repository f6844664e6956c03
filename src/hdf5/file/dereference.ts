/**
 * Following references.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { Hdf5Error } from '../errors.ts';
import { withMemory } from '../library/memory.ts';
import { decode } from '../values/decode.ts';
import { memoryTypeOf } from '../values/memory-type.ts';
import type { Hdf5Reference } from '../values/reference.ts';
import type { Hdf5Values } from '../values/type.ts';
import type { FileContext } from './context.ts';
import type { Hdf5Dataset } from './dataset.ts';
import { hasPointers } from './exact-type.ts';
import type { Hdf5Item } from './items.ts';

/** Part of a dataset that a reference names. */
export interface Hdf5Region {
  readonly kind: 'region';
  readonly dataset: Hdf5Dataset;
  /** The extent along each axis where the part is a box or a grid of them, else the number of values. */
  readonly shape: readonly number[];
  readonly values: Hdf5Values;
}

/** What a reference leads to. @throws Hdf5Error it leads nowhere */
export async function dereference(
  context: FileContext,
  { kind, bytes }: Hdf5Reference,
  { signal }: AbortOptions = {},
): Promise<Hdf5Item | Hdf5Region> {
  const { engine, objects } = context;
  const work = engine.begin();
  try {
    const path = await engine.run((module, file) => module.get_referenced_name(file, bytes, kind === 'object'), { signal, work });
    const item = path ? await objects.open(path, { signal }) : null;
    if (!item) throw new Hdf5Error('this reference leads nowhere', { code: 'NotFound' });
    if (kind === 'object') return item;
    if (item.kind !== 'dataset') throw new Hdf5Error('a reference to a region leads to a dataset, and this one does not');
    const { type } = item;
    const region = await engine.run(
      (module, file) => {
        const metadata = module.get_region_metadata(file, bytes);
        const sizeBytes = metadata.total_size * metadata.size;
        return withMemory(module, sizeBytes, (pointer): Omit<Hdf5Region, 'kind' | 'dataset'> => {
          module.get_region_data(file, bytes, BigInt(pointer));
          const raw = module.HEAPU8.subarray(pointer, pointer + sizeBytes);
          const shape = metadata.shape ?? [];
          try {
            return { shape, values: decode(raw, memoryTypeOf(type), metadata.total_size, { heap: module.HEAPU8 }) };
          } finally {
            if (hasPointers(type)) module.reclaim_vlen_memory_count(file, item.path, '', BigInt(pointer), [BigInt(metadata.total_size)]);
          }
        });
      },
      { signal, work },
    );
    return { kind: 'region', dataset: item, ...region };
  } finally {
    work.end();
  }
}
