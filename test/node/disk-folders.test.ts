/** Files that are made while others take away each folder that is empty. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { putNow, putOf } from '../../src/platform/node/disk-put.ts';
import { inFolder, MAX_FOLDERS, temporaryBeside } from '../../src/platform/node/disk-replace.ts';
import { openDisk } from '../../src/platform/node/disk.ts';
import { encodeUtf8 } from '../../src/util/utf8.ts';
import { equal, rejects, test } from '../harness.ts';

async function withFolder(use: (folder: string) => unknown): Promise<void> {
  const root = fs.mkdtempSync(join(tmpdir(), 'anyfile-folders-')).replaceAll('\\', '/');
  try {
    await use(`${root}/a/b`);
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

/** What takes a folder away whenever it was just made, so often. */
function remover(folder: string, often: number): () => void {
  let left = often;
  return () => {
    if (fs.existsSync(folder) && left-- > 0) fs.rmdirSync(folder);
  };
}

for (const often of [0, 1, MAX_FOLDERS - 1]) {
  test(`a folder that is taken away ${often} times before there is anything in it is made anew`, async () => {
    await withFolder(async (folder) => {
      const remove = remover(folder, often);
      const make = async (): Promise<string> => {
        remove();
        await fs.promises.writeFile(`${folder}/x`, 'x');
        return 'made';
      };
      equal(await inFolder(`${folder}/x`, make), 'made');
      equal(fs.readFileSync(`${folder}/x`, 'utf8'), 'x');
    });
    await withFolder((folder) => {
      const remove = remover(folder, often);
      const openSync: typeof fs.openSync = (...args) => {
        remove();
        return fs.openSync(...args);
      };
      putNow({ ...fs, openSync }, putOf(temporaryBeside(`${folder}/y`), `${folder}/y`, encodeUtf8('y')));
      equal(fs.readdirSync(folder), ['y']);
      equal(fs.readFileSync(`${folder}/y`, 'utf8'), 'y');
    });
  });
}

test('a folder that goes while it is being made is made anew', async () => {
  await withFolder((folder) => {
    let left = 3;
    const mkdirSync = ((...args: Parameters<typeof fs.mkdirSync>) => {
      if (left-- > 0) throw Object.assign(new Error('it was there, and went'), { code: 'ENOENT' });
      return fs.mkdirSync(...args);
    }) as typeof fs.mkdirSync;
    putNow({ ...fs, mkdirSync }, putOf(temporaryBeside(`${folder}/y`), `${folder}/y`, encodeUtf8('y')));
    equal(fs.readdirSync(folder), ['y']);
  });
});

test('a folder that does not stay is told', async () => {
  await withFolder(async (folder) => {
    let tries = 0;
    await rejects(
      inFolder(`${folder}/x`, async () => {
        tries++;
        throw Object.assign(new Error('gone'), { code: 'ENOENT' });
      }),
      'ENOENT',
    );
    equal(tries, MAX_FOLDERS + 1);
  });
});

test('writes, edits and moves go on while each empty folder is taken away', async () => {
  await withFolder(async (folder) => {
    const disk = await openDisk();
    let done = false;
    // of those that one call may meet: a busy machine would lose it each time
    let left = 0;
    const removing = (async () => {
      for (; !done; await new Promise((resolve) => setTimeout(resolve, 2 * Math.random()))) {
        if (left === 0) continue;
        try {
          fs.rmdirSync(folder);
          left--;
        } catch {
          // It is not there, or holds a file.
        }
      }
    })();
    try {
      for (let n = 0; n < 500; n++) {
        left = MAX_FOLDERS - 2;
        const edit = await disk.edit(`${folder}/edit`, { from: 'empty' });
        await edit.write(0, encodeUtf8(`${n}`));
        await edit.commit({ durable: false });
        equal(fs.readFileSync(`${folder}/edit`, 'utf8'), `${n}`);
        await disk.rename(`${folder}/edit`, `${folder}-2`, {});
        left = MAX_FOLDERS - 2;
        await disk.rename(`${folder}-2`, `${folder}/moved`, {});
        equal(fs.readFileSync(`${folder}/moved`, 'utf8'), `${n}`);
        fs.unlinkSync(`${folder}/moved`);
      }
    } finally {
      done = true;
      await removing;
    }
  });
});
