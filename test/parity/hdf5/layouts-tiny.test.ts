// Every chunk index, read with next to no memory. Without a plan that would take minutes: each chunk is a miss of its own, and each miss begins anew.
import { filesSuite } from '../../conformance/hdf5-suite.ts';

filesSuite(['latest.h5', 'old.h5'], ['in pages of 512 bytes that are dropped']);
