// Records, strings and references, as h5py reads them.
import { filesSuite } from '../../conformance/hdf5-suite.ts';

filesSuite(['compound.h5', 'strings.h5', 'refs.h5']);
