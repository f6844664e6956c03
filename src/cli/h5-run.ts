/**
 * What the commands of `anyfile h5` do; loaded when one of them is called.
 *
 * @module
 */
export { attrs } from './h5-attrs.ts';
export { dump } from './h5-dump.ts';
export { list, tree } from './h5-list.ts';
