/**
 * A Zarr hierarchy: the tree of its groups and arrays, their attributes, and slices of arrays as pictures and tables, as the view of HDF5 has them.
 *
 * @module
 */
import type { ObjectStore } from '../../index.ts';
import { fill, h } from '../dom.ts';
import { count, formatBytes } from '../format.ts';
import { Hdf5Object } from '../hdf5-object.ts';
import { Hdf5Tree } from '../hdf5-tree.ts';
import { defineArrayElements } from '../array-elements.ts';
import type { Mounted, ViewOptions } from './types.ts';
import { ZarrFile } from './zarr-file.ts';

/**
 * Show what is below a prefix.
 *
 * @param prefix ends in a slash
 * @returns once the root's names are there
 * @throws what opening throws
 */
export async function mountZarr(
  host: HTMLElement,
  { store, prefix }: { store: ObjectStore; prefix: string },
  { onFail }: ViewOptions,
): Promise<Mounted> {
  defineArrayElements();
  const stop = new AbortController();
  const { signal } = stop;
  const file = await ZarrFile.open(store, prefix, { signal });
  const tree = new Hdf5Tree();
  const object = new Hdf5Object();
  const said = h('p', { class: 'note', role: 'status' });
  const tell = (what: string): void => {
    const { ranges, bytes } = file.used;
    const metadata = file.isConsolidated ? '; its metadata are consolidated' : '';
    said.textContent = `Read ${formatBytes(bytes)} in ${count(ranges, 'request')}${metadata}. ${what}`;
  };
  tree.onFail = object.onFail = (error) => {
    tell('');
    if (!signal.aborted) onFail(error);
  };
  tree.onChoose = (item) => void object.show(item);
  tree.onRead = (what) => tell(`The last were for ${what}.`);
  object.onRead = (what) => tell(`The last were for ${what}.`);
  fill(host, said, h('div', { class: 'hdf5-panes' }, tree, object));
  await tree.show(file);
  return {
    close() {
      stop.abort();
      tree.close();
      fill(host);
    },
  };
}
