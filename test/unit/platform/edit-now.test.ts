/** Working copies by calls that do not wait: the disk's in Node, Bun and Deno, the browser's in its workers. */
import { absolutePath, environment, openDisk, openOpfs } from '#platform';
import type { Disk } from '../../../src/platform/types.ts';
import { env, uniqueName } from '../../env.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../../harness.ts';

const bytes = (...numbers: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(numbers);

async function withDisk(task: (disk: Disk, root: string) => Promise<void>): Promise<void> {
  const local = await openDisk();
  const disk = local ?? (await openOpfs()) ?? skip('there is no disk');
  const root = local ? absolutePath(`${environment()['TMPDIR'] ?? '/tmp'}/${uniqueName('anyfile')}`) : `/${uniqueName('anyfile')}`;
  try {
    await task(disk, root);
  } finally {
    await disk.removeDirectory(root, { recursive: true }).catch(() => {});
  }
}

test('edit now: reads, writes, holes and cuts, then it is saved', () =>
  withDisk(async (disk, root) => {
    const path = `${root}/a.bin`;
    const edit = await disk.edit(path, { from: 'empty' });
    const now = await edit.openNow();
    if (!now) {
      const { engine, worker } = env();
      // WebKit refuses them as the test runner starts it
      ok(engine === 'webkit' || (!worker && !/node|bun|deno/.test(engine)), `${engine} has calls that do not wait`);
      await edit.discard();
      return;
    }
    now.write(bytes(1, 2, 3), 0);
    now.write(bytes(9), 10);
    const into = bytes(7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7);
    equal([now.read(into, 0), [...into]], [11, [1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 9, 7]]);
    equal(now.read(into, 11), 0);
    now.truncate(2);
    now.truncate(5);
    // a view of a larger buffer
    now.write(bytes(0, 0, 4, 0).subarray(2, 3), 3);
    equal(edit.sizeBytes, 5);
    await rejects(edit.read(0, 1), 'InvalidArgument');
    await rejects(edit.commit(), 'InvalidArgument');
    equal(await disk.stat(path), null);
    now.close();
    now.close();
    await rejects(async () => now.write(bytes(1), 0), 'InvalidArgument');
    sameBytes(await edit.read(0, 5), bytes(1, 2, 0, 4, 0));
    await edit.write(4, bytes(5));
    equal((await edit.commit()).sizeBytes, 5);

    const again = await disk.edit(path, { from: 'file' });
    const its = (await again.openNow())!;
    equal(its.read(into, 0), 5);
    sameBytes(into.subarray(0, 5), bytes(1, 2, 0, 4, 5));
    its.write(bytes(8), 0);
    // thrown away while it is open
    await again.discard();
    equal(its.read(into, 0), 0);
    const file = (await disk.open(path))!;
    for await (const piece of file.read(0, 5)) sameBytes(piece, bytes(1, 2, 0, 4, 5));
    await file.close();
    equal(((await disk.list(root)) ?? []).length, 1);
  }));

test('edit now: given back or refused, the copy goes on as it was', () =>
  withDisk(async (disk, root) => {
    const path = `${root}/a.bin`;
    const first = await disk.edit(path, { from: 'empty' });
    await first.write(0, bytes(1, 2, 3));
    await first.commit();
    const edit = await disk.edit(path, { from: 'file' });
    for (const last of [4, 5]) {
      (await edit.openNow())?.close();
      await edit.write(edit.sizeBytes, bytes(last));
      sameBytes(await edit.read(0, 9), last === 4 ? bytes(1, 2, 3, 4) : bytes(1, 2, 3, 4, 5));
    }
    equal((await edit.commit()).sizeBytes, 5);
    equal(await disk.edit(path, { from: 'file' }).then((its) => its.openNow().then(() => its.discard())), undefined);
    await disk.remove(path);
    // refused while something is left that listings hide
    await disk.removeDirectory(root);
  }));
