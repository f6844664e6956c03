/** Folders of clients whose copies do not last: gone when nobody holds their lock. */
import { openIndexedDbDisk } from '../../src/cloudpath/copies/indexeddb-disk.ts';
import { withRig } from '../conformance/copies-rig.ts';
import { equal, ok, test } from '../harness.ts';

test('copies: what pages left that ended goes, what others use stays', () =>
  withRig('mem', 'indexeddb', async (rig) => {
    const disk = (await openIndexedDbDisk())!;
    const left = `${rig.dir}/.anyfile/sessions/${Date.now().toString(36)}-left`;
    await disk.makeDirectory(`${left}/bkt`);
    await rig.setCloud('a', 'CLOUD');
    const mine = await rig.another({ mode: 'tmp_dir' }).localPath(rig.object('a'));
    ok(mine.startsWith(`${rig.dir}/.anyfile/sessions/`) && mine.endsWith('/bkt/a'), mine);
    equal([await disk.stat(left), (await disk.stat(mine))?.sizeBytes], [null, 5]);
    const other = rig.another({ mode: 'close_file' });
    const theirs = await other.localPath(rig.object('a'));
    equal([(await disk.stat(mine))?.sizeBytes, (await disk.stat(theirs))?.sizeBytes], [5, 5]);
    await other.close();
    equal([(await disk.stat(mine))?.sizeBytes, await disk.stat(theirs)], [5, null]);
  }));
