/**
 * How an HDF5 file is opened: h5py's modes.
 *
 * @module
 */
import { CloudError } from '../errors.ts';

/** As h5py's modes: `w` replaces what is there, `x` and `w-` need nothing there, `r+` changes what is there, `a` does or begins anew. */
export type Hdf5WriteMode = 'w' | 'x' | 'w-' | 'a' | 'r+';

/** h5py's modes. */
export type Hdf5Mode = 'r' | Hdf5WriteMode;

const modes: readonly string[] = ['r', 'w', 'x', 'w-', 'a', 'r+'] satisfies Hdf5Mode[];

/** Whether a file is to be written. @throws CloudError `InvalidArgument` there is no such mode */
export function writesHdf5(mode: string): mode is Hdf5WriteMode {
  if (modes.includes(mode)) return mode !== 'r';
  throw new CloudError(`there is no mode '${mode}' of HDF5: it is one of ${modes.join(', ')}`, {
    code: 'InvalidArgument',
    operation: 'openHdf5',
  });
}
