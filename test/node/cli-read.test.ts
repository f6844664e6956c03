/** ls, cat, du, head and what all commands have in common, on the local disk. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { equal, ok, sameBytes, test } from '../harness.ts';
import { cli, inFolder, plant, tree } from './cli/run-cli.ts';

const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 7) & 255);

test('ls: a folder is what is in it, not what begins like it', () =>
  inFolder(async (root) => {
    plant(root, { 'dir/a': '1', 'dir2/b': '2', 'dir.txt': '3' });
    equal((await cli(['ls', '--shortpath', join(root, 'dir')])).lines, ['dir/a']);
    equal((await cli(['ls', '--shortpath', `${join(root, 'dir')}*`])).lines, ['dir.txt', 'dir/', 'dir2/']);
    equal((await cli(['ls', '--shortpath', `${join(root, 'dir')}**`])).lines, ['dir.txt', 'dir/a', 'dir2/b']);
    equal((await cli(['ls', join(root, 'dir.txt')])).lines, [`file://${root}/dir.txt`]);
  }));

test('ls: a pattern that one folder matches gives the folder, --flat keeps to one level, several paths are told one after the other', () =>
  inFolder(async (root) => {
    plant(root, { 'sub/deep/x.txt': '1', 'a.txt': '2' });
    equal((await cli(['ls', '--shortpath', `${root}/sub*`])).lines, ['sub/']);
    equal((await cli(['ls', '--shortpath', '--flat', `${root}/sub`])).lines, ['sub/deep/']);
    equal((await cli(['ls', '--shortpath', '--flat', `${root}/**`])).lines, ['a.txt', 'sub/']);
    equal((await cli(['ls', '--shortpath', `${root}/**.txt`])).lines, ['a.txt', 'sub/deep/x.txt']);
    equal((await cli(['ls', '--shortpath', `${root}/a.txt`, `${root}/sub`])).lines, ['a.txt', 'sub/deep/x.txt']);
    equal((await cli(['ls', '--shortpath', `${root}/a.t*.txt`])).status, 1, 'the same characters do not count twice');
  }));

test('ls: missing is status 1, an empty folder is there, the rest is still listed', () =>
  inFolder(async (root) => {
    plant(root, { a: '1' });
    mkdirSync(join(root, 'empty'));
    equal((await cli(['ls', join(root, 'empty')])).status, 0);
    const got = await cli(['ls', join(root, 'none'), join(root, 'a')]);
    equal([got.status, got.lines], [1, [`file://${root}/a`]]);
    equal(got.errors, [`anyfile ls: ${root}/none: does not exist`, 'anyfile ls: 1 done, 1 failed']);
    equal((await cli(['ls', `${root}/zz*`])).errors[0], `anyfile ls: ${root}/zz*: nothing matches`);
  }));

test('ls -e: groups anywhere, beginnings of names, with stars behind them', () =>
  inFolder(async (root) => {
    plant(root, { 'x/a1': '', 'y/a2': '', 'y/b1': '', 'z/a1': '' });
    equal((await cli(['ls', '-e', '--shortpath', `${root}/[xy]/a`])).lines, ['a1', 'a2']);
    equal((await cli(['ls', '-e', '--shortpath', `${root}/[yz]/*1`])).lines, ['b1', 'a1']);
    equal((await cli(['ls', '-e', `${root}/[qr]`])).status, 1);
  }));

test('ls -l and --json tell size and date', () =>
  inFolder(async (root) => {
    plant(root, { 'a.txt': 'hello', 'sub/b': '' });
    const long = await cli(['ls', '-l', '--flat', '--shortpath', root]);
    const name = root.split('/').at(-1);
    ok(new RegExp(`^5\\t\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\t${name}/a\\.txt\\n-\\t-\\t${name}/sub/\\n$`).test(long.stdout), long.stdout);
    const [file, folder] = (await cli(['ls', '--json', '--flat', root])).lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    ok(!Number.isNaN(Date.parse(String(file?.['lastModified']))));
    equal({ ...file, lastModified: 0 }, { path: `file://${root}/a.txt`, type: 'file', sizeBytes: 5, lastModified: 0 });
    equal(folder, { path: `file://${root}/sub/`, type: 'folder' });
  }));

test('cat: bytes as they are, several files, large ones, encoded ones decoded', () =>
  inFolder(async (root) => {
    const large = new Uint8Array(9 << 20).map((_, i) => (i * 31) >> 3);
    plant(root, { a: bytes, 'b.gz': gzipSync('text'), large, 'raw.gz': gzipSync('raw') });
    sameBytes((await cli(['cat', join(root, 'a')])).bytes, bytes);
    sameBytes((await cli(['cat', join(root, 'large')])).bytes, large);
    equal((await cli(['cat', join(root, 'b'), join(root, 'b')])).stdout, 'texttext');
    sameBytes((await cli(['cat', join(root, 'raw.gz')])).bytes, gzipSync('raw'), 'by its name on the disk it is what is on the disk');
    equal((await cli(['cat', `${root}/*w`])).stdout, 'raw');
  }));

test('cat: what is missing is told and left out', () =>
  inFolder(async (root) => {
    plant(root, { a: 'A', c: 'C' });
    const got = await cli(['cat', join(root, 'a'), join(root, 'b'), join(root, 'c'), root]);
    equal([got.status, got.stdout], [1, 'AC']);
    equal(got.errors, [
      `anyfile cat: file://${root}/b: does not exist`,
      `anyfile cat: file://${root}: is a directory`,
      'anyfile cat: 2 done, 2 failed',
    ]);
  }));

test('cat -: names from standard input, in whatever pieces they come, are names and not patterns', () =>
  inFolder(async (root) => {
    plant(root, { 'ä*': '1', b: '2', c: '3' });
    const names = new TextEncoder().encode(`${root}/ä*\n\n${root}/b\r\n${root}/none\n${root}/c`);
    const pieces = Array.from(names, (_, i) => names.slice(i, i + 1));
    const got = await cli(['cat', '-'], { stdin: pieces });
    equal([got.status, got.stdout], [1, '123']);
    equal((await cli(['cat', '-', join(root, 'b')])).status, 2);
    equal((await cli(['cat', '-'])).status, 0, 'no names, nothing to do');
    equal((await cli(['cat', '-'], { stdin: `ftp://x/y\n${root}/b\n` })).stdout, '2', 'a name that is none is one item that failed');
  }));

test('cat -r: END is exclusive, either may be left out, past the end is short', () =>
  inFolder(async (root) => {
    plant(root, { a: 'hello world' });
    const range = async (text: string): Promise<string> => (await cli(['cat', '-r', text, join(root, 'a')])).stdout;
    equal(
      [await range('0-5'), await range('6-'), await range('-5'), await range('6-100'), await range('3-3')],
      ['hello', 'world', 'hello', 'world', ''],
    );
    for (const text of ['5-1', 'x', '-', '1', '1-2-3', '1.5-2']) equal((await cli(['cat', '-r', text, join(root, 'a')])).status, 2, text);
  }));

test('du: the forms of the original, patterns, and JSON', () =>
  inFolder(async (root) => {
    plant(root, { 'd/a.txt': 'x'.repeat(1536), 'd/b.txt': 'y'.repeat(512), 'd/.hidden': '', 'e/c.bin': '123' });
    equal((await cli(['du', '-h', join(root, 'd')])).lines, ['0 bytes\t.hidden', '1.50 KiB\ta.txt', '512 bytes\tb.txt']);
    equal((await cli(['du', '-sc', join(root, 'd'), join(root, 'e')])).lines, [`2048\t${root}/d`, `3\t${root}/e`, '2051\tbytes total']);
    equal((await cli(['du', '-sN', `${root}/*`])).lines, [`2051\t${root}/*`, '4\tfiles total']);
    equal((await cli(['du', '-se', join(root, 'd')])).lines.slice(-2), ['2048\t.txt', '0\t(no extension)']);
    equal(
      (await cli(['du', '-scNe', '--json', join(root, 'e')])).lines.map((line) => JSON.parse(line) as unknown),
      [
        { path: `${root}/e`, sizeBytes: 3, files: 1 },
        { total: 'bytes', value: 3 },
        { total: 'files', value: 1 },
        { extension: '.bin', sizeBytes: 3 },
      ],
    );
    const missing = await cli(['du', '-s', join(root, 'none'), join(root, 'e')]);
    equal([missing.status, missing.lines], [1, [`3\t${root}/e`]]);
  }));

test('head: an object for one, an object of objects for several, a record a line with --json', () =>
  inFolder(async (root) => {
    plant(root, { a: 'hello', 'b.gz': gzipSync('x') });
    const one = JSON.parse((await cli(['head', join(root, 'a')])).stdout) as Record<string, unknown>;
    equal([one['Content-Length'], one['Content-Encoding'], one['Content-Type']], [5, null, null]);
    const both = await cli(['head', join(root, 'a'), join(root, 'b'), join(root, 'none')]);
    const parsed = JSON.parse(both.stdout) as Record<string, Record<string, unknown>>;
    equal(
      [both.status, Object.keys(parsed), parsed[join(root, 'b')]?.['Content-Encoding']],
      [1, [join(root, 'a'), join(root, 'b')], 'gzip'],
    );
    equal(
      (await cli(['head', '--json', `${root}/*`])).lines.map((line) => (JSON.parse(line) as { path: string }).path),
      [`file://${root}/a`, `file://${root}/b`],
    );
  }));

test('the common options stand before or behind the command; wrong ones are status 2', async () => {
  await inFolder(async (root) => {
    plant(root, { a: '1' });
    const one = await cli(['--json', 'ls', root]);
    const two = await cli(['ls', '--json', root]);
    equal(one.stdout, two.stdout);
    ok(one.stdout.startsWith('{'));
    for (const flags of [
      ['-p', 'x'],
      ['--timeout', 'soon'],
      ['--endpoint', 'ftp://x'],
      ['--endpoint', 'https://u:p@h'],
      ['--nope'],
      ['--secret', 'x'],
    ]) {
      const got = await cli(['ls', ...flags, root]);
      equal([got.status, got.stdout], [2, ''], flags.join(' '));
    }
  });
  for (const argv of [
    [],
    ['alias'],
    ['cp', 'a'],
    ['cat'],
    ['alias', 'add', 'x'],
    ['sign', '--expires', '8d', 's3://b/k'],
    ['sign', '--method', 'POST', 's3://b/k'],
  ]) {
    equal((await cli(argv)).status, 2, argv.join(' '));
  }
  for (const argv of [['--help'], ['cp', '--help'], ['--version']]) {
    const got = await cli(argv);
    equal([got.status, got.stderr, got.stdout.length > 4], [0, '', true], argv.join(' '));
  }
});

test('errors with --json are records too, and colours are for terminals', () =>
  inFolder(async (root) => {
    const missing = join(root, 'none');
    const got = await cli(['cat', '--json', missing]);
    equal(
      got.errors.map((line) => JSON.parse(line) as unknown),
      [
        { operation: 'cat', path: `file://${missing}`, error: { code: 'Refused', message: 'does not exist' } },
        { summary: { done: 0, failed: 1 } },
      ],
    );
    const red = '\u001b[31m';
    ok((await cli(['cat', missing], { isTTY: true })).stderr.includes(red));
    for (const [argv, options] of [
      [['cat', '--no-color', missing], { isTTY: true }],
      [['cat', missing], { isTTY: true, env: { NO_COLOR: '1' } }],
      [['cat', missing], {}],
    ] as const)
      ok(!(await cli(argv, options)).stderr.includes('\u001b'), `${argv.join(' ')} without colours`);
  }));

test('a name cannot forge lines of stderr', () =>
  inFolder(async (root) => {
    const got = await cli(['cat', `${root}/x\nanyfile cat: all is well\u001b[2J`]);
    equal(got.errors.length, 2);
    ok(!got.stderr.includes('\u001b'));
  }));

test('a reader that goes away ends a listing silently', () =>
  inFolder(async (root) => {
    plant(root, Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, ''])));
    let lines = 0;
    const stdout = new Writable({
      highWaterMark: 64,
      write(_chunk, _encoding, done) {
        done(++lines > 3 ? Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }) : null);
      },
    });
    const got = await cli(['ls', root], { stdout });
    equal([got.status, got.stderr], [0, '']);
    ok(lines < 20, `${lines} lines were written`);
  }));

test('… and does not stop a copy', () =>
  inFolder(async (root) => {
    plant(root, Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`src/f${i}`, 'x'])));
    const stdout = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    const got = await cli(['cp', '-r', join(root, 'src'), join(root, 'dst')], { stdout });
    equal([got.status, got.stderr, tree(join(root, 'dst'))?.length], [0, '', 50]);
  }));

test('a signal ends a run with status 130, also while it waits for names', () =>
  inFolder(async (root) => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('SIGINT')), 20);
    const never = async function* (): AsyncGenerator<string> {
      yield `${root}/none\n`;
      await new Promise(() => {});
    };
    const { run } = await import('../../src/cli/run.ts');
    const { Kept } = await import('./cli/run-cli.ts');
    const stderr = new Kept();
    const status = await run(['cat', '-'], { stdout: new Kept(), stderr, stdin: never(), env: {}, signal: stop.signal });
    equal(status, 130);
    ok(new TextDecoder().decode(stderr.bytes).includes('anyfile cat: interrupted'));
    equal((await cli(['ls', root], { signal: AbortSignal.abort(new Error('before')) })).status, 130);
  }));
