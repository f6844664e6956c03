/** Datafiles of one folder among processes: killed while they save, and saving at once. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatafile } from '../../src/data/datafile/open-datafile.ts';
import { equal, ok, test } from '../harness.ts';
import { runProgram, startProgram } from './run-program.ts';

/** A folder of its own, gone at the end. */
async function within(fn: (folder: string) => Promise<void>): Promise<void> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'anyfile-datafile-')).replaceAll('\\', '/');
  try {
    await fn(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits for both, so that none writes into a folder that is being removed. */
async function both(runs: Promise<unknown>[]): Promise<void> {
  for (const run of await Promise.allSettled(runs)) if (run.status === 'rejected') throw run.reason;
}

interface Octue {
  datafiles: Record<string, { tags: { n: number; pad: string } }>;
}

const read = (folder: string): Octue => JSON.parse(fs.readFileSync(`${folder}/.octue`, 'utf8')) as Octue;

/** Nobody shows signs of life for a killed holder of the lock: make it long ago. */
function age(folder: string): void {
  const lock = `${folder}/.octue.lock`;
  if (!fs.existsSync(lock)) return;
  const past = new Date(Date.now() - 60_000);
  for (const entry of fs.readdirSync(lock)) fs.utimesSync(`${lock}/${entry}`, past, past);
}

/** Starts a saver and kills it some time after that many saves have begun. @returns the number that it was about to save last */
async function killed(folder: string, saves: number, afterMs: number): Promise<number> {
  const child = startProgram('datafile-user', { args: ['loop', folder, 'mine'] });
  let printed = '';
  let said = '';
  child.stderr.on('data', (chunk: Uint8Array) => (said += String(chunk)));
  const ended = new Promise<void>((resolve, reject) => child.once('error', reject).once('close', () => resolve()));
  const begun = new Promise<void>((resolve) =>
    child.stdout.on('data', (chunk: Uint8Array) => {
      printed += String(chunk);
      if (printed.split('\n').length > saves) resolve();
    }),
  );
  await Promise.race([begun, ended]);
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  equal(child.exitCode, null, `ended by itself: ${said}`);
  child.kill('SIGKILL');
  await ended;
  // The last line may be cut off.
  return Number(printed.slice(0, printed.lastIndexOf('\n')).split('\n').at(-1));
}

test(
  'killed while it saves records, 36 times: the file is an old or a new one, whole, and no other record is lost',
  async () => {
    let during = 0;
    const kills = async (): Promise<void> =>
      within(async (folder) => {
        const others = ['a', 'b', 'c'];
        for (const name of others) {
          fs.writeFileSync(`${folder}/${name}`, name);
          await (await openDatafile(`${folder}/${name}`, { tags: { n: 1, pad: name.repeat(2000) } })).updateMetadata();
        }
        fs.writeFileSync(`${folder}/mine`, 'x');
        const { datafiles: before } = read(folder);
        let last = 0;
        for (let i = 0; i < 12; i++) {
          const begun = await killed(folder, 1 + (i % 3), Math.random() * 60);
          const { datafiles } = read(folder);
          for (const name of others) equal(datafiles[name], before[name], name);
          const { n, pad } = datafiles['mine']?.tags ?? { n: 0, pad: '' };
          ok(n >= last && n <= begun, `${n} is none of ${last} to ${begun}`);
          equal(pad.length, n === 0 ? 0 : (n * 7919) % 20_000, 'all of the record');
          if (fs.existsSync(`${folder}/.octue.lock`)) during++;
          last = n;
          age(folder);
        }
        ok(last >= 3, `only ${last} saves`);
      });
    await Promise.all([kills(), kills(), kills()]);
    ok(during > 0, 'some were killed while they held the lock');
  },
  { timeoutMs: 60_000 },
);

test(
  'two processes save the records of different files 100 times each: none is lost',
  () =>
    within(async (folder) => {
      for (const name of ['a', 'b']) fs.writeFileSync(`${folder}/${name}`, name);
      await both(['a', 'b'].map((name) => runProgram('datafile-user', { args: ['save', folder, name, '100'] })));
      const { datafiles } = read(folder);
      equal([datafiles['a']?.tags.n, datafiles['b']?.tags.n], [100, 100]);
      equal(fs.readdirSync(folder).sort(), ['.octue', 'a', 'b']);
    }),
  { timeoutMs: 60_000 },
);

test(
  'two processes count in one file without metadata: no update is lost',
  () =>
    within(async (folder) => {
      fs.writeFileSync(`${folder}/n`, '0');
      await both([1, 2].map(() => runProgram('datafile-user', { args: ['count', folder, 'n', '100'] })));
      equal([fs.readFileSync(`${folder}/n`, 'utf8'), fs.readdirSync(folder)], ['200', ['n']]);
    }),
  { timeoutMs: 60_000 },
);
