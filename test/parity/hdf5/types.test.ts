// One of everything, as h5py reads it.
import { filesSuite } from '../../conformance/hdf5-suite.ts';

filesSuite(['types.h5', 'types_latest.h5']);
