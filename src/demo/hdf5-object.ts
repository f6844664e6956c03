/**
 * One object of an HDF5 file: what it is, its attributes, and for datasets their values.
 *
 * @module
 */
import type { ArrayDataset, ArrayItem } from './array-file.ts';
import { fill, h, type Child } from './dom.ts';
import { formatBytes, formatNumber } from './format.ts';
import { Hdf5Slice } from './hdf5-slice.ts';
import { shapeText } from './hdf5-tree.ts';
import { valueText } from './hdf5-value.ts';

/** The element. */
export class Hdf5Object extends HTMLElement {
  /** Something was read. */
  onRead: ((what: string, ms: number) => void) | undefined;
  onFail: ((error: unknown) => void) | undefined;
  private stop: AbortController = new AbortController();

  disconnectedCallback(): void {
    this.stop.abort();
  }

  /** Show an object; resolves when its attributes and a first slice are there, or have failed. */
  async show(item: ArrayItem): Promise<void> {
    this.stop.abort();
    const { signal } = (this.stop = new AbortController());
    const values = h('div');
    const attributes = h('div');
    const facts = factsOf(item);
    fill(this, h('h3', {}, item.path), list(facts), values, attributes);
    if (item.kind === 'link') return;
    const start = performance.now();
    try {
      const found = await item.attrs({ signal });
      if (signal.aborted) return;
      const rows = Object.entries(found).map(([name, value]): [string, Child] => [name, valueText(value)]);
      fill(attributes, h('h4', {}, rows.length ? 'Attributes' : 'No attributes'), rows.length > 0 && list(rows));
      this.onRead?.(`attributes of ${item.path}`, performance.now() - start);
      if (item.kind === 'dataset') await this.showValues(item, values, signal);
    } catch (error) {
      if (!signal.aborted) this.onFail?.(error);
    }
  }

  private async showValues(dataset: ArrayDataset, place: HTMLElement, signal: AbortSignal): Promise<void> {
    const { shape } = dataset;
    if (!shape || dataset.size === 0) return fill(place, h('p', { class: 'note' }, 'It has no values.'));
    if (shape.length === 0) {
      const start = performance.now();
      const value = await dataset.read({ signal });
      if (signal.aborted) return;
      fill(place, list([['Value', valueText(value)]]));
      this.onRead?.(`the value of ${dataset.path}`, performance.now() - start);
      return;
    }
    const slice = new Hdf5Slice();
    slice.onRead = (what, ms) => this.onRead?.(what, ms);
    slice.onFail = (error) => this.onFail?.(error);
    fill(place, slice);
    await slice.open(dataset);
  }
}

const list = (pairs: readonly (readonly [term: string, text: Child])[]): HTMLElement =>
  h('dl', { class: 'facts' }, ...pairs.map(([term, text]) => h('div', {}, h('dt', {}, term), h('dd', {}, text))));

function factsOf(item: ArrayItem): [string, Child][] {
  switch (item.kind) {
    case 'group':
      return [];
    case 'datatype':
      return [['Type', h('code', {}, item.dtype)]];
    case 'link':
      return [['Link', `to ${item.file === undefined ? '' : `${item.file}:`}${item.target}, where nothing is`]];
    case 'dataset': {
      const { dtype, type, shape, size, chunks, filters } = item;
      const kinds = type.class === 'compound' && dtype === 'compound' ? `: ${type.members.map(({ name }) => name).join(', ')}` : '';
      const packed = filters.map(({ id, name, values }) => (id === 1 && values.length ? `${name} ${values[0]}` : name)).join(', ');
      return [
        ['Type', h('span', {}, h('code', {}, dtype), kinds)],
        [
          'Shape',
          [
            shapeText(shape),
            (shape?.length ?? 0) > 1 && `${formatNumber(size)} values`,
            (shape?.length ?? 0) > 0 && `${formatBytes(size * type.sizeBytes)} unpacked`,
          ]
            .filter(Boolean)
            .join(', '),
        ],
        ...(chunks ? [['Chunks', `${chunks.join(' × ')}${packed && `, ${packed}`}`] as [string, Child]] : []),
      ];
    }
  }
}
