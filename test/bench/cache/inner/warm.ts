/** What the benchmark of warm files uses of the library. */
export { Client } from '../../../../src/index.ts';
