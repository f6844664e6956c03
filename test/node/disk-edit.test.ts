import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { openDisk } from '../../src/platform/node/disk.ts';
import type { Disk } from '../../src/platform/types.ts';
import { encodeUtf8 } from '../../src/util/utf8.ts';
import { env } from '../env.ts';
import { equal, ok, rejects, skip, test } from '../harness.ts';
import { within } from './disk-folder.ts';
import { runProgram } from './run-program.ts';

const read = (path: string): string => fs.readFileSync(path, 'utf8');
const link = (target: string, path: string): void => {
  try {
    fs.symlinkSync(target, path);
  } catch {
    skip('symbolic links cannot be made here');
  }
};
const save = async (disk: Disk, path: string, text: string, from: 'empty' | 'file' = 'empty'): Promise<void> => {
  const edit = await disk.edit(path, { from });
  await edit.write(edit.sizeBytes, encodeUtf8(text));
  await edit.commit();
};

test('disk edit: permission bits are kept, and nobody else may read the copy meanwhile', () =>
  within(async (root, disk) => {
    if (process.platform === 'win32') skip('there are no permission bits');
    const mode = (name: string): number => fs.statSync(`${root}/${name}`).mode & 0o777;
    for (const from of ['empty', 'file'] as const) {
      fs.writeFileSync(`${root}/a`, 'secret');
      fs.chmodSync(`${root}/a`, 0o600);
      const edit = await disk.edit(`${root}/a`, { from });
      const temporary = fs.readdirSync(root).find((name) => name.startsWith('.anyfile-'))!;
      equal(mode(temporary), 0o600);
      fs.chmodSync(`${root}/a`, 0o640);
      await edit.commit();
      equal([mode('a'), fs.readdirSync(root)], [0o640, ['a']]);
    }
  }));

test('disk edit: a file that may not be written is not edited', () =>
  within(async (root, disk) => {
    if (process.platform === 'win32' || process.getuid?.() === 0) skip('this user may do everything');
    fs.writeFileSync(`${root}/a`, 'x');
    fs.chmodSync(`${root}/a`, 0o400);
    await rejects(disk.edit(`${root}/a`, { from: 'file' }), 'PermissionDenied');
    await rejects(disk.edit(`${root}/a`, { from: 'empty' }), 'PermissionDenied');
    equal(fs.readdirSync(root), ['a']);
  }));

test('disk edit: what a link leads to is replaced, not the link', () =>
  within(async (root, disk) => {
    fs.mkdirSync(`${root}/data/deep`, { recursive: true });
    fs.writeFileSync(`${root}/data/a`, 'a');
    link('data/a', `${root}/one`);
    link('one', `${root}/two`);
    link('data/deep', `${root}/folder`);
    link('../b', `${root}/data/deep/up`);
    link('loop', `${root}/loop`);
    await save(disk, `${root}/two`, 'b', 'file');
    equal(read(`${root}/data/a`), 'ab');
    await save(disk, `${root}/folder/up`, 'new');
    equal([read(`${root}/data/b`), fs.readdirSync(`${root}/data/deep`)], ['new', ['up']], 'a link to nothing yet');
    ok(
      ['one', 'two', 'data/deep/up'].every((name) => fs.lstatSync(`${root}/${name}`).isSymbolicLink()),
      'links are still links',
    );
    await rejects(disk.edit(`${root}/loop`, { from: 'empty' }), 'PermissionDenied');
    equal(fs.readdirSync(`${root}/data`).sort(), ['a', 'b', 'deep']);
  }));

test('disk edit: a device is none that can be replaced', async () => {
  if (!fs.existsSync('/dev/null')) skip('there is no /dev/null');
  const disk = await openDisk();
  await rejects(disk.edit('/dev/null', { from: 'empty' }), 'NotSupported');
  await rejects(disk.edit('/dev/null', { from: 'file' }), 'NotSupported');
});

test('disk edit: a forgotten copy is closed and removed', () =>
  within(async (root) => {
    if (!env().engine.startsWith('node')) skip('the collector cannot be called here');
    equal(await runProgram('disk-user', { args: ['forget', root], flags: ['--expose-gc'] }), '1\n0\n');
  }));

test('disk lock: two processes count as one', () =>
  within(async (root) => {
    fs.writeFileSync(`${root}/n`, '0');
    const count = (): Promise<string> => runProgram('disk-user', { args: ['count', `${root}/n`, '200'] });
    await Promise.all([count(), count()]);
    equal([read(`${root}/n`), fs.readdirSync(root)], ['400', ['n']]);
  }));

test('disk lock: of a process that ended while it held one, others take it', () =>
  within(async (root, disk) => {
    fs.writeFileSync(`${root}/n`, '0');
    await runProgram('disk-user', { args: ['die', `${root}/n`] });
    const [entry = ''] = fs.readdirSync(`${root}/n.lock`);
    await rejects(
      disk.lock(`${root}/n`, async () => 1, { signal: AbortSignal.timeout(50) }),
      (error) => error.name === 'TimeoutError',
    );
    equal(fs.readdirSync(root).sort(), ['n', 'n.lock'], 'it may live yet, and who waited left nothing');
    const past = new Date(Date.now() - 60_000);
    fs.utimesSync(`${root}/n.lock/${entry}`, past, past);
    await runProgram('disk-user', { args: ['count', `${root}/n`, '5'] });
    equal([read(`${root}/n`), fs.readdirSync(root)], ['5', ['n']]);
  }));

test('disk lock: who was given up does not let go of what others hold', () =>
  within(async (root, disk) => {
    await disk.lock(`${root}/n`, async () => {
      // Another process found it stale, and has it now.
      const [entry = ''] = fs.readdirSync(`${root}/n.lock`);
      fs.rmdirSync(`${root}/n.lock/${entry}`);
      fs.mkdirSync(`${root}/n.lock/.anyfile-other`);
    });
    equal(fs.readdirSync(`${root}/n.lock`), ['.anyfile-other']);
    const other = disk.lock(`${root}/n`, async () => {});
    fs.rmSync(`${root}/n.lock`, { recursive: true });
    await other;
    equal(fs.readdirSync(root), []);
  }));

test('disk lock: what is no lock is left alone, and a missing folder is told', () =>
  within(async (root, disk) => {
    fs.writeFileSync(`${root}/a.lock`, 'mine');
    fs.mkdirSync(`${root}/b.lock/mine`, { recursive: true });
    fs.mkdirSync(`${root}/c.lock`);
    for (const name of ['a', 'b'])
      await rejects(
        disk.lock(`${root}/${name}`, async () => 1),
        'AlreadyExists',
      );
    equal(await disk.lock(`${root}/c`, async () => 'an empty folder is held by nobody'), 'an empty folder is held by nobody');
    await rejects(
      disk.lock(`${root}/none/a`, async () => 1),
      'NotFound',
    );
    equal(fs.readdirSync(root).sort(), ['a.lock', 'b.lock']);
  }));

test('scratch: a folder that nobody else may look into, gone with its process', async () => {
  const { folder, mode } = JSON.parse(await runProgram('disk-user', { args: ['scratch'] })) as { folder: string; mode: number };
  ok(folder.startsWith(fs.realpathSync(tmpdir()).replaceAll('\\', '/')) || folder.startsWith(tmpdir()), folder);
  if (process.platform !== 'win32') equal(mode, 0o700);
  equal(fs.existsSync(folder), false);
});
