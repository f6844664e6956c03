// Virtual datasets whose sources are packed by a plugin's filter, in a file of its own: in a page nothing else has loaded the plugin.
import { openHdf5 } from '../../../src/hdf5.ts';
import { filesSuite } from '../../conformance/hdf5-suite.ts';
import { hdf5Url } from '../../conformance/hdf5-oracle.ts';
import { isPage } from '../../unit/data/datafile/places.ts';
import { rejects, skip, test } from '../../harness.ts';

test('a virtual dataset whose source needs a plugin that is not given says which', async () => {
  if (!isPage()) skip('other tests of this process may have loaded it');
  const file = await openHdf5(hdf5Url('virtual_packed.h5'));
  try {
    const dataset = await file.dataset('/outside');
    await rejects<Error>(dataset.read(), (error) => error.name === 'MissingFilterError' && /307 \(bzip2\)/.test(error.message));
  } finally {
    await file.close();
  }
});

filesSuite(['virtual_packed.h5']);
