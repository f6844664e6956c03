/**
 * What datafiles do among processes: `datafile-user.js save FOLDER NAME N` saves one file's metadata N times; `loop FOLDER NAME` does so until
 * it is killed, and prints each number that it is about to save; `count FOLDER NAME N` adds one to the number in a file N times, beginning
 * anew whenever somebody else was faster.
 *
 * @module
 */
import process from 'node:process';
import { openDatafile } from '../../../src/data/datafile/open-datafile.ts';

const [verb, folder = '', name = '', times = ''] = process.argv.slice(2);
const path = `${folder}/${name}`;
const datafile = await openDatafile(path);

if (verb === 'count') {
  for (let i = 0; i < Number(times);) {
    try {
      await datafile.open(
        'r+',
        async (file) => {
          const n = Number(await file.readText());
          await file.seek(0);
          await file.write(String(n + 1));
        },
        { updateMetadata: false },
      );
      i++;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConflictError') throw error;
    }
  }
} else {
  const first = Number(datafile.tags['n'] ?? 0);
  for (let n = first + 1; verb === 'loop' || n <= first + Number(times); n++) {
    // Of very different sizes, so that a piece of one is no whole other.
    datafile.tags = { n, pad: 'x'.repeat((n * 7919) % 20_000) };
    if (verb === 'loop') process.stdout.write(`${n}\n`);
    await datafile.updateMetadata();
  }
}
