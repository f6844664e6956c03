/**
 * The elements that show arrays.
 *
 * @module
 */
import { HeatMap } from './heat-map.ts';
import { Hdf5Object } from './hdf5-object.ts';
import { Hdf5Slice } from './hdf5-slice.ts';
import { Hdf5Tree } from './hdf5-tree.ts';
import { LinePlot } from './line-plot.ts';

/** Tell the browser of them, once. */
export function defineArrayElements(): void {
  const elements = {
    'anyfile-heat-map': HeatMap,
    'anyfile-line-plot': LinePlot,
    'anyfile-hdf5-slice': Hdf5Slice,
    'anyfile-hdf5-tree': Hdf5Tree,
    'anyfile-hdf5-object': Hdf5Object,
  };
  for (const [name, element] of Object.entries(elements)) if (!customElements.get(name)) customElements.define(name, element);
}
