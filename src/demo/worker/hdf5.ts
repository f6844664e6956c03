/**
 * The script of the worker that reads HDF5 files: the library, and what unpacks, are loaded here alone.
 *
 * @module
 */
import { serveHdf5 } from '../../worker.ts';

serveHdf5();
