/** A module that throws very often. */
import { during } from '../../../../src/hdf5/library/attempt.ts';
import { loadLibrary } from '../../../../src/hdf5/library/load.ts';
import { openForReading } from '../../../../src/hdf5/file/open.ts';
import { openForWriting } from '../../../../src/hdf5/write/open.ts';
import { inFewEngines, uniqueName } from '../../../env.ts';
import { equal, test } from '../../../harness.ts';

test('hdf5 library: objects that cannot be opened at once do not use up its stack', async () => {
  inFewEngines('20,000 errors');
  const url = `mem://${uniqueName('hdf5')}/a.h5`;
  const made = await openForWriting(url, { mode: 'w' });
  await made.createDataset('/x', { data: [1, 2] });
  await made.close();
  const module = await loadLibrary();
  const file = await openForReading(url);
  let errors = 0;
  // there is no such file, and so no such object
  for (let i = 0; i < 20_000; i++)
    try {
      during({ missed: false, text: '' }, () => module.get_names(-1n, '/x', false));
    } catch {
      errors++;
    }
  equal(errors, 20_000);
  equal(await (await file.dataset('/x')).read(), new Float64Array([1, 2]));
  await file.close();
});
