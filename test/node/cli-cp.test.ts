/** cp and mv on the local disk and in memory: where things go, what is refused, what a dry run says. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { equal, ok, test } from '../harness.ts';
import { cli, inFolder, plant, textOf, tree } from './cli/run-cli.ts';

test('cp: into a folder that is there or ends in a slash, else in its place', () =>
  inFolder(async (root) => {
    plant(root, { 'src/a': 'A', 'src/d/b': 'B' });
    mkdirSync(join(root, 'there'));
    const copy = async (...argv: string[]): Promise<number> =>
      (await cli(['cp', ...argv.map((arg) => (arg.startsWith('-') ? arg : `${root}/${arg}`))])).status;
    equal(await copy('src/a', 'there'), 0);
    equal(await copy('src/a', 'one'), 0);
    equal(await copy('src/a', 'two/'), 0);
    equal(await copy('-r', 'src', 'there'), 0);
    equal(await copy('-r', 'src/', 'three'), 0);
    equal(await copy('-r', 'src', 'four/'), 0);
    equal(await copy('-r', 'src/a', 'src/d', 'there'), 0);
    equal(await copy('src/**', 'five'), 0);
    equal(await copy('-r', 'src/*', 'six'), 0);
    const made = tree(root)?.filter((path) => !path.startsWith('src/'));
    equal(made, [
      'five/a',
      'five/d/b',
      'four/src/a',
      'four/src/d/b',
      'one',
      'six/a',
      'six/d/b',
      'there/a',
      'there/d/b',
      'there/src/a',
      'there/src/d/b',
      'three/a',
      'three/d/b',
      'two/a',
    ]);
    equal(textOf(root, 'four/src/d/b'), 'B');
  }));

test('cp: what cannot be copied is told, the rest is copied', () =>
  inFolder(async (root) => {
    plant(root, { a: 'A', 'd/b': 'B' });
    mkdirSync(join(root, 'dst'));
    const got = await cli(['cp', `${root}/a`, `${root}/none`, `${root}/d`, `${root}/dst`]);
    equal([got.status, tree(join(root, 'dst'))], [1, ['a']]);
    equal(got.errors, [
      `anyfile cp: ${root}/none: does not exist`,
      `anyfile cp: ${root}/d: is a directory (not copied)`,
      'anyfile cp: 1 done, 2 failed',
    ]);
    const same = await cli(['cp', `${root}/a`, `${root}/a`]);
    equal([same.status, same.errors[0]?.includes('same file'), textOf(root, 'a')], [1, true, 'A']);
  }));

test('cp -: names from standard input are laid out below what they have in common', () =>
  inFolder(async (root) => {
    plant(root, { 'x/y/a*': '1', 'x/y/z/b': '2', 'x/yz/c': '3' });
    const copy = (...names: string[]): ReturnType<typeof cli> =>
      cli(['cp', '--quiet', '-', `${root}/${names.length}`], { stdin: names.map((name) => `${root}/${name}\n`) });
    equal((await copy('x/y/a*', 'x/y/z/b')).status, 0);
    equal(tree(join(root, '2')), ['a*', 'z/b']);
    equal((await copy('x/y/a*', 'x/y/z/b', 'x/yz/c')).status, 0);
    equal(tree(join(root, '3')), ['y/a*', 'y/z/b', 'yz/c']);
    equal((await copy('x/y/z/b')).status, 0);
    equal(tree(join(root, '1')), ['b']);
    const missing = await copy('x/y/a*', 'none', 'x/y', 'x/yz/c');
    equal([missing.status, missing.errors.length, tree(join(root, '4'))], [1, 3, ['x/y/a*', 'x/yz/c']]);
    equal((await cli(['cp', '-', `${root}/x`, `${root}/dst`])).status, 2);
  }));

test('cp to -: the bytes of all that is named, decoded', () =>
  inFolder(async (root) => {
    plant(root, { 'd/a': 'A', 'd/b.gz': gzipSync('B'), 'd/e/c': 'C' });
    equal((await cli(['cp', `${root}/d/**`, '-'])).stdout, 'ABC');
    equal((await cli(['cp', '-r', `${root}/d/e`, `${root}/d/a`, '-'])).stdout, 'CA');
    equal((await cli(['mv', `${root}/d/a`, '-'])).status, 2);
  }));

test('cp -c: gzip and none, and nothing is written when there is no such codec', () =>
  inFolder(async (root) => {
    plant(root, { 's/a.txt': 'hello', 's/b.txt.gz': gzipSync('there') });
    equal((await cli(['cp', '-r', '-c', 'gzip', `${root}/s`, `${root}/gz`])).status, 0);
    equal(tree(join(root, 'gz')), ['a.txt.gz', 'b.txt.gz']);
    const { readFileSync } = await import('node:fs');
    equal(String(gunzipSync(readFileSync(join(root, 'gz/a.txt.gz')))), 'hello');
    equal((await cli(['cp', '-r', '-c', 'none', `${root}/gz`, `${root}/plain`])).status, 0);
    equal([textOf(root, 'plain/a.txt'), textOf(root, 'plain/b.txt')], ['hello', 'there']);
    equal((await cli(['cp', '-r', '-c', 'snappy', `${root}/s`, `${root}/no`])).status, 2);
    equal(tree(join(root, 'no')), undefined);
  }));

test('cp: `a` and `a.gz` side by side are both copied, each as it is', () =>
  inFolder(async (root) => {
    plant(root, { 's/a': 'bare', 's/a.gz': gzipSync('encoded'), 's/b.gz': gzipSync('b') });
    const got = await cli(['cp', '-r', `${root}/s`, `${root}/t`]);
    equal([got.status, got.stderr, tree(join(root, 't'))], [0, '', ['a', 'a.gz', 'b.gz']]);
    equal(textOf(root, 't/a'), 'bare');
    const mem = await cli(['cp', '-r', '--json', `${root}/s`, 'mem://bucket/s']);
    equal(
      mem.lines.map((line) => (JSON.parse(line) as { destination: string }).destination),
      ['mem://bucket/s/a', 'mem://bucket/s/a.gz', 'mem://bucket/s/b'],
    );
    const gzip = await cli(['cp', '-r', '-c', 'gzip', `${root}/s`, `${root}/u`]);
    equal([gzip.status, tree(join(root, 'u'))], [1, ['b.gz']], 'encoded anew they would become one');
    equal(gzip.errors.length, 3);
  }));

test('cp: two sources of one name do not replace one another', () =>
  inFolder(async (root) => {
    plant(root, { 'x/a': '1', 'y/a': '2', 'y/b': '3' });
    mkdirSync(join(root, 'dst'));
    const got = await cli(['cp', `${root}/x/a`, `${root}/y/a`, `${root}/y/b`, `${root}/dst`]);
    equal([got.status, tree(join(root, 'dst')), got.errors.length], [1, ['b'], 3]);
    ok(got.errors[0]?.includes('clashes with a'), got.stderr);
  }));

test('cp: a symbolic link in the destination does not lead out of it', () =>
  inFolder(async (root) => {
    plant(root, { 's/link/a': '1', 's/b': '2' });
    mkdirSync(join(root, 'outside'));
    mkdirSync(join(root, 'dst'));
    symlinkSync(join(root, 'outside'), join(root, 'dst/link'));
    for (const dry of [['--dry-run'], []]) {
      const got = await cli(['cp', ...dry, `${root}/s/**`, `${root}/dst`]);
      equal([got.status, got.lines], [1, [`cp file://${root}/s/b file://${root}/dst/b`]]);
      ok(got.errors[0]?.includes('leads out of the destination'), got.stderr);
    }
    equal(tree(join(root, 'outside')), []);
  }));

test('--dry-run writes nothing and prints exactly what the real run does', () =>
  inFolder(async (root) => {
    plant(root, { 's/a.txt': 'A', 's/d/b.gz': gzipSync('B'), 'n/c': 'C', 'n/c/../d': 'D' });
    mkdirSync(join(root, 'dst'));
    const before = tree(root);
    const commands = [
      ['cp', '-r', `${root}/s`, `${root}/dst`],
      ['cp', '-c', 'gzip', `${root}/s/**`, `${root}/none`, `${root}/dst/`],
      ['touch', `${root}/new`, `${root}/n/c`],
      ['mkdir', `${root}/made/it`],
      ['mv', `${root}/n`, `${root}/moved`],
      ['rm', '-r', `${root}/s`, `${root}/none`],
      ['rm', `${root}/dst`, `${root}/new`],
    ];
    for (const flags of [[], ['--json']]) {
      const dry = [];
      for (const argv of commands.filter(([name]) => name !== 'rm' || flags.length === 0))
        dry.push(await cli([...argv, ...flags, '--dry-run']));
      equal(tree(root), before, 'nothing changed');
      if (flags.length > 0) continue;
      for (const [i, argv] of commands.entries()) {
        const real = await cli(argv);
        // `new` is there only in the real run
        const known = real.lines.filter((line) => line !== `rm file://${root}/new`);
        equal(
          [dry[i]?.status, dry[i]?.lines, dry[i]?.stderr.replace(/\d+ done/, '')],
          [real.status, known, real.stderr.replace(/\d+ done/, '')],
          argv.join(' '),
        );
      }
      plant(root, { 's/a.txt': 'A', 's/d/b.gz': gzipSync('B'), 'n/c': 'C', 'n/d': 'D' });
      for (const gone of ['dst/a.txt', 'dst/s', 'moved', 'made']) await cli(['rm', '-r', '--quiet', `${root}/${gone}`]);
      await cli(['rm', '-r', '--quiet', `${root}/dst/**`]);
      equal(tree(root), before);
    }
  }));

test('--quiet says nothing of what was done, and still what was not', () =>
  inFolder(async (root) => {
    plant(root, { a: '1' });
    const got = await cli(['cp', '--quiet', `${root}/a`, `${root}/none`, `${root}/dst/`]);
    equal([got.status, got.stdout, got.errors.length], [1, '', 2]);
  }));

test('mv: moves, takes the empty folders away, keeps what was not moved', () =>
  inFolder(async (root) => {
    plant(root, { 'd/a': 'A', 'd/e/b.gz': gzipSync('B'), f: 'F', 'f.gz': gzipSync('other') });
    equal((await cli(['mv', `${root}/d`, `${root}/moved`])).status, 0);
    equal(tree(root), ['f', 'f.gz', 'moved/a', 'moved/e/b.gz']);
    const { existsSync } = await import('node:fs');
    ok(!existsSync(join(root, 'd')), 'the folder is gone');
    equal((await cli(['mv', `${root}/f`, `${root}/g`])).status, 0);
    equal(tree(root), ['f.gz', 'g', 'moved/a', 'moved/e/b.gz'], '`f.gz` was not meant');
    plant(root, { 'k/x': '1' });
    mkdirSync(join(root, 'k/keep'));
    equal((await cli(['mv', `${root}/k/*`, `${root}/l/`])).status, 0);
    ok(existsSync(join(root, 'k/keep')), 'a pattern takes files, not its folder');
    equal((await cli(['mv', `${root}/none`, `${root}/x`])).status, 1);
  }));

test('cp: a web address gives its last part without its query, which is not printed', () =>
  inFolder(async (root) => {
    const got = await cli(['cp', '--dry-run', 'https://host.example/data/x.bin?X-Amz-Signature=c0ffee', `${root}/dst/`]);
    equal([got.status, got.stdout], [0, `cp https://host.example/data/x.bin file://${root}/dst/x.bin\n`]);
  }));

test('the bar is drawn on a terminal, and nowhere else', () =>
  inFolder(async (root) => {
    plant(root, { 's/a': 'x'.repeat(2000), 's/b': 'y' });
    const copy = (...flags: string[]): string[] => ['cp', '-r', ...flags, `${root}/s`, `${root}/t`];
    const drawn = await cli(copy(), { isTTY: true });
    ok(/\d+% \| \d\/2 files/.test(drawn.stderr), drawn.stderr);
    ok(drawn.stderr.endsWith('\u001b[?25h') || drawn.stderr.includes('\u001b[?25h'), 'the cursor is back');
    for (const [flags, isTTY] of [
      [[], false],
      [['--progress'], false],
      [['--no-progress'], true],
      [['--quiet'], true],
    ] as const)
      equal((await cli(copy(...flags), { isTTY })).stderr, '', flags.join());
  }));
