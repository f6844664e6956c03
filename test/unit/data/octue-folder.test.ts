/** The `.octue` file of a folder: torn reads, malformed files, conditions. */
import { changeOctueFile, loadOctueFile } from '../../../src/data/octue-folder.ts';
import { storedDatafileNames, withDatafile } from '../../../src/data/octue-file.ts';
import { isCloudError, type CloudError } from '../../../src/errors.ts';
import { createMemoryDisk } from '../../../src/platform/memory-disk.ts';
import type { Disk } from '../../../src/platform/types.ts';
import { createContext } from '../../../src/store/context.ts';
import { equal, ok, test } from '../../harness.ts';

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

const whole = '{"datafiles": {"a.txt": {"id": "00000000-0000-4000-8000-000000000001"}}}';
const metadata = { id: '00000000-0000-4000-8000-000000000002', timestamp: null, tags: {}, labels: [] };

/** A disk on which the file becomes whole after it was opened once. */
async function tornDisk(first: string): Promise<{ disk: Disk; opened: () => number }> {
  const disk = createMemoryDisk();
  await disk.write('/f/.octue', once(first));
  let opened = 0;
  const torn: Disk = {
    ...disk,
    async open(path, options) {
      const file = await disk.open(path, options);
      if (++opened === 1) await disk.write(path, once(whole));
      return file;
    },
  };
  return { disk: torn, opened: () => opened };
}

test('.octue: a file that is read while another writer fills it is read again, without a warning', async () => {
  for (const first of ['', whole.slice(0, 20)]) {
    const warnings: CloudError[] = [];
    const context = createContext({ onWarning: (warning) => warnings.push(warning) });
    const { disk, opened } = await tornDisk(first);
    equal(storedDatafileNames(await loadOctueFile(context, disk, '/f')), ['a.txt']);
    equal([opened(), warnings.length], [2, 0]);
    const again = await tornDisk(first);
    await changeOctueFile(context, again.disk, '/f', (file) => withDatafile(file, 'b.txt', metadata, '1'));
    equal(storedDatafileNames(await loadOctueFile(context, again.disk, '/f')), ['a.txt', 'b.txt'], 'no record is lost');
    equal(warnings.length, 0);
  }
});

test('.octue: one that stays malformed is a warning, told once', async () => {
  const warnings: CloudError[] = [];
  const disk = createMemoryDisk();
  await disk.write('/f/.octue', once('{"datafiles": '));
  const context = createContext({ onWarning: (warning) => warnings.push(warning) });
  equal(storedDatafileNames(await loadOctueFile(context, disk, '/f')), []);
  equal(warnings.length, 1);
  ok(isCloudError(warnings[0], 'InvalidArgument') && warnings[0].message.includes('mend or delete'), warnings[0]?.message);
});
