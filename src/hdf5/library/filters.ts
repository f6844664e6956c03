/**
 * Filters that datasets are packed by, and plugins for those that are not built in, loaded when a dataset names one.
 *
 * Source of numbers and names: the HDF Group's registry of filters.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { MissingFilterError } from '../errors.ts';
import type { H5Module } from './module.ts';

/** Built into the library: deflate, shuffle, fletcher32, szip, nbit, scaleoffset. */
const LAST_BUILT_IN = 6;

/** Registered filters for which there are plugins, with the names of their files in the package h5wasm-plugins. */
const plugins: Readonly<Record<number, { name: string; file: string }>> = {
  307: { name: 'bzip2', file: 'libH5Zbz2.so' },
  32000: { name: 'lzf', file: 'libH5Zlzf.so' },
  32001: { name: 'blosc', file: 'libH5Zblosc.so' },
  32004: { name: 'lz4', file: 'libH5Zlz4.so' },
  32008: { name: 'bitshuffle', file: 'libH5Zbshuf.so' },
  32013: { name: 'zfp', file: 'libH5Zzfp.so' },
  32015: { name: 'zstd', file: 'libH5Zzstd.so' },
  32019: { name: 'jpeg', file: 'libH5Zjpeg.so' },
  32022: { name: 'bitgroom', file: 'libH5Zbitgroom.so' },
  32023: { name: 'bitround', file: 'libH5Zbitround.so' },
  32026: { name: 'blosc2', file: 'libH5Zblosc2.so' },
};

/** The name of a filter, as the file has it or the registry. */
export const filterName = (id: number, name?: string): string => plugins[id]?.name ?? (name || 'unknown');

/** Gives a plugin's bytes. `undefined` when there is none for this filter. */
export type LoadPlugin = (filter: { id: number; name: string; file: string }) => Promise<Uint8Array | undefined>;

/** Plugins that a module has; a filter is loaded once. */
const installed = new WeakMap<H5Module, Map<number, Promise<boolean>>>();

const magic = [0x00, 0x61, 0x73, 0x6d];

async function install(module: H5Module, id: number, load: LoadPlugin): Promise<boolean> {
  const known = plugins[id];
  const bytes = await load({ id, name: filterName(id), file: known?.file ?? `libH5Z${id}.so` });
  if (!bytes) return false;
  if (magic.some((byte, at) => bytes[at] !== byte))
    throw new CloudError(`the plugin for filter ${id} is no WebAssembly module`, { code: 'InvalidArgument', operation: 'read' });
  const [folder] = module.get_plugin_search_paths();
  let path = '';
  for (const part of folder!.split('/').filter(Boolean)) {
    path += `/${part}`;
    if (!module.FS.analyzePath(path).exists) module.FS.mkdir(path);
  }
  module.FS.writeFile(`${path}/${known?.file ?? `libH5Z${id}.so`}`, bytes);
  return true;
}

/** A filter of a dataset; `isOptional`: some or all of its values may be stored without. */
export interface UsedFilter {
  readonly id: number;
  readonly name?: string | undefined;
  readonly isOptional?: boolean | undefined;
}

/**
 * See to it that the library has the filters that a dataset uses.
 *
 * @returns those that it does not have, which values may be stored without
 * @throws MissingFilterError
 */
export async function needFilters(module: H5Module, used: readonly UsedFilter[], load: LoadPlugin | undefined): Promise<UsedFilter[]> {
  const missing: UsedFilter[] = [];
  for (const filter of used) {
    const { id } = filter;
    if (id >= 1 && id <= LAST_BUILT_IN) continue;
    let its = installed.get(module);
    if (!its) installed.set(module, (its = new Map()));
    // what another file's loader could not do says nothing of this one's
    const others = await its.get(id)?.catch(() => false);
    if (others) continue;
    let found = false;
    if (load) {
      const mine = install(module, id, load);
      its.set(id, mine);
      const forget = (): void => {
        if (its.get(id) === mine) its.delete(id);
      };
      mine.then((has) => has || forget(), forget);
      found = await mine;
    }
    if (found) continue;
    if (!filter.isOptional) throw missingFilter(filter);
    missing.push(filter);
  }
  return missing;
}

/** The error for a filter that is not there. */
export function missingFilter({ id, name }: UsedFilter, cause?: unknown): MissingFilterError {
  const its = filterName(id, name);
  const file = plugins[id]?.file;
  const way = file
    ? `give its plugin, ${file} of h5wasm-plugins, in the option \`plugins\``
    : 'give a plugin for it in the option `plugins`';
  return new MissingFilterError(
    `this dataset is packed by filter ${id} (${its}), which is not built in: ${way}`,
    { id, name: its },
    { cause },
  );
}
