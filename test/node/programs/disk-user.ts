/**
 * What a disk does among processes: `disk-user.js count PATH N` adds one to the number in a file N times, each time holding its lock;
 * `die PATH` ends while it holds the lock; `scratch` prints a scratch folder with a file in it; `node --expose-gc disk-user.js forget
 * FOLDER` forgets a working copy and waits until nothing of it is left.
 *
 * @module
 */
import * as fs from 'node:fs';
import process from 'node:process';
import { openDisk } from '../../../src/platform/node/disk.ts';
import { openScratch } from '../../../src/platform/node/scratch.ts';

const [verb, path = '', times = ''] = process.argv.slice(2);
const disk = await openDisk();
const { gc } = globalThis as { gc?: () => void };

if (verb === 'count') {
  for (let i = 0; i < Number(times); i++) {
    await disk.lock(path, async () => {
      const n = Number(fs.readFileSync(path, 'utf8'));
      await new Promise((resolve) => setTimeout(resolve, 0));
      fs.writeFileSync(path, String(n + 1));
    });
  }
} else if (verb === 'die') {
  await disk.lock(path, async () => process.exit(0));
} else if (verb === 'scratch') {
  const { folder } = await openScratch();
  fs.mkdirSync(`${folder}/deep`);
  fs.writeFileSync(`${folder}/deep/file`, 'x');
  console.log(JSON.stringify({ folder, mode: fs.statSync(folder).mode & 0o777 }));
} else {
  const forget = async (): Promise<void> => {
    await (await disk.edit(`${path}/a`, { from: 'empty' })).write(0, new Uint8Array(9));
  };
  await forget();
  console.log(fs.readdirSync(path).length);
  while (fs.readdirSync(path).length) {
    gc?.();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  console.log(0);
}
