// Where values lie: every chunk index of the new formats and of the old one, as h5py reads them.
import { filesSuite, ways } from '../../conformance/hdf5-suite.ts';

filesSuite(['latest.h5', 'old.h5'], Object.keys(ways).slice(0, 2));
filesSuite(['userblock.h5', 'userblock_latest.h5', 'offsets4.h5', 'offsets2.h5']);
