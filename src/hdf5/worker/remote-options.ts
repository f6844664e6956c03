/**
 * What opening a file in a worker is told.
 *
 * @module
 */
import type { Hdf5OpenOptions } from '../open-hdf5.ts';

/**
 * Options of opening a file in a worker: those of `openHdf5`, but for functions that cannot be called from there. Functions that are asked for
 * credentials or plugins, and those that are told something (`onWarning`, `onRequest`), are called in the page. Of a `client`, and of a
 * CloudPath's, the options are taken that it was made with: the worker has a client of its own, with its own connections and memory.
 */
export interface RemoteOpenOptions extends Omit<Hdf5OpenOptions, 'fetch' | 'clock' | 'mode'> {
  /** In a worker files are read. @default 'r' */
  mode?: 'r' | undefined;
  /** The source, which is bytes, is given away and not copied: it is empty afterwards. @default false */
  transfer?: boolean | undefined;
}
