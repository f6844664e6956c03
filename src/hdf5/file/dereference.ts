/**
 * Following references.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { Hdf5Error } from '../errors.ts';
import { needFilters } from '../library/filters.ts';
import { withValues } from '../library/memory.ts';
import { decode } from '../values/decode.ts';
import { memoryTypeOf } from '../values/memory-type.ts';
import type { Hdf5Reference } from '../values/reference.ts';
import type { Hdf5Values } from '../values/type.ts';
import type { FileContext } from './context.ts';
import type { Hdf5Dataset } from './dataset.ts';
import { hasPointers } from './exact-type.ts';
import { checkHome } from './foreign-references.ts';
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
  reference: Hdf5Reference,
  { signal }: AbortOptions = {},
): Promise<Hdf5Item | Hdf5Region> {
  const { engine, objects } = context;
  const { kind, bytes } = reference;
  checkHome(reference);
  const work = engine.begin();
  try {
    const path = await engine.run((module, file) => module.get_referenced_name(file, bytes, kind === 'object'), { signal, work });
    const item = path ? await objects.open(path, { signal }) : null;
    if (!item) throw new Hdf5Error('this reference leads nowhere', { code: 'NotFound' });
    if (kind === 'object') return item;
    if (item.kind !== 'dataset') throw new Hdf5Error('a reference to a region leads to a dataset, and this one does not');
    const { type, filters, size } = item;
    const library = await engine.run((module) => module, { signal });
    await needFilters(library, filters, context.loadPlugin);
    const region = await engine.run(
      (module, file) => {
        const metadata = module.get_region_metadata(file, bytes);
        const count = metadata.total_size;
        if (!(count >= 0 && count <= size)) throw new Hdf5Error('this reference names more than the dataset has');
        const sizeBytes = count * metadata.size;
        const values = withValues(module, sizeBytes, hasPointers(type), (pointer, address) => ({
          read: () => void module.get_region_data(file, bytes, address),
          take: () => decode(module.HEAPU8.subarray(pointer, pointer + sizeBytes), memoryTypeOf(type), count, { heap: module.HEAPU8 }),
          reclaim: () => void module.reclaim_vlen_memory_count(file, item.path, '', address, [BigInt(count)]),
        }));
        // of what is no box or grid there is no more than the number
        return { shape: metadata.shape ?? [count], values };
      },
      { signal, work },
    );
    return { kind: 'region', dataset: item, ...region };
  } finally {
    work.end();
  }
}
