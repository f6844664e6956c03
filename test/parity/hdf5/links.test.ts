// Links, values and virtual datasets in other files, and names that need care, as h5py has them.
import { filesSuite } from '../../conformance/hdf5-suite.ts';

filesSuite(['links.h5', 'sibling.h5', 'below/deeper.h5', 'external.h5', 'virtual.h5', 'virtual_latest.h5', 'twin_a.h5', 'twin_b.h5']);
filesSuite(['names.h5', 'names_latest.h5', 'names_order.h5']);
