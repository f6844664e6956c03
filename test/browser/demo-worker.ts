/**
 * The script of the demo page's worker in a page of the tests, for which no build has made one: this module is its own script.
 *
 * @module
 */
import { serveHdf5 } from '../../src/worker.ts';

/** Where it is. */
export const hdf5WorkerScript: string = new URL('?worker', import.meta.url).href;

if (import.meta.url === hdf5WorkerScript) serveHdf5();
