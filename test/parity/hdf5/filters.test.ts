// Filters that are built in and those that are plugins, as h5py reads them.
import { filesSuite } from '../../conformance/hdf5-suite.ts';

filesSuite(['filters.h5', 'plug.h5']);
