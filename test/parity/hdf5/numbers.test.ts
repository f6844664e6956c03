// Numbers of every size and order, spaces of every shape and values that were never written, as h5py reads them.
import { filesSuite } from '../../conformance/hdf5-suite.ts';

filesSuite(['floats.h5', 'floats_latest.h5', 'integers.h5', 'spaces.h5', 'spaces_latest.h5']);
