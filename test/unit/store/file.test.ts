import { absolutePath, environment, openDisk } from '#platform';
import { createFileStore } from '../../../src/store/file.ts';
import { storeSuite } from '../../conformance/store-suite.ts';
import { uniqueName } from '../../env.ts';
import { rejects, skip, test } from '../../harness.ts';

storeSuite('file', {
  async open() {
    const disk = (await openDisk()) ?? skip('this engine has no local disk');
    const root = absolutePath(`${environment()['TMPDIR'] ?? '/tmp'}/${uniqueName('anyfile')}`);
    return { store: createFileStore({ root }), close: () => disk.removeDirectory(root, { recursive: true }).catch(() => {}) };
  },
});

test('file: where there is no disk, every call says so', async () => {
  if (await openDisk()) skip('this engine has a local disk');
  const store = createFileStore({ root: '/x' });
  await rejects(store.get('a'), 'NotSupported');
  await rejects(store.put('a', 'x'), 'NotSupported');
  await rejects(store.list()[Symbol.asyncIterator]().next(), 'NotSupported');
});
