/** `anyfile completion` and `anyfile man`: held to the shell's and roff's own programs, where they are installed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { equal, ok, skip, test } from '../harness.ts';
import { cli, inFolder } from './cli/run-cli.ts';

const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

/** What bash would offer for these words, the last of which is being written; and whether names of files are offered too. */
async function complete(lines: readonly (readonly string[])[]): Promise<{ words: string[]; files: boolean }[]> {
  if (!has('bash')) skip('there is no bash');
  const { status, stdout } = await cli(['completion', 'bash']);
  equal(status, 0);
  return inFolder(async (folder) => {
    writeFileSync(join(folder, 'script'), stdout);
    const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
    const asks = lines.map(
      (line) =>
        `COMP_WORDS=(anyfile ${line.map(quoted).join(' ')}); COMP_CWORD=${line.length}; files=1; _anyfile; echo "$files|\${COMPREPLY[*]}"`,
    );
    // compopt works within a completion only: here it tells what it was asked for
    const program = `source ${quoted(join(folder, 'script'))}\ncompopt() { files=0; }\ncomplete -p anyfile\n${asks.join('\n')}`;
    const ran = spawnSync('bash', ['--norc', '-c', program], { encoding: 'utf8' });
    equal([ran.status, ran.stderr], [0, '']);
    const [registered, ...answers] = ran.stdout.trimEnd().split('\n');
    equal(registered, 'complete -o bashdefault -o default -F _anyfile anyfile');
    return answers.map((answer) => ({ files: answer.startsWith('1|'), words: answer.slice(2).split(' ').filter(Boolean) }));
  });
}

test('completion: bash offers commands, options, choices, and leaves paths to the shell', async () => {
  const [first, sub, deep, option, short, choice, equals, path, free, behind, plain, shell, name] = await complete([
    ['c'],
    ['meta', ''],
    ['--json', '--profile', 'cp', 'h5', 'd'],
    ['cp', '--comp'],
    ['cp', '-'],
    ['completion', 'f'],
    ['cp', '--chart-format', '=', 's'],
    ['cp', 's3'],
    ['ls', '--region', ''],
    ['cp', '-r', 'a', '--quie'],
    ['cp', '--', '--re'],
    ['completion', ''],
    ['alias', 'rm', ''],
  ]);
  equal([first!.words.includes('cat') && first!.words.includes('cp') && !first!.words.includes('ls'), first!.files], [true, false]);
  equal([...sub!.words].sort(), ['get', 'set']);
  equal(deep!.words, ['dump'], 'a value of an option is no command');
  equal(option!.words, ['--compression']);
  ok(
    ['-r', '-c', '-p', '--dry-run', '--help'].every((flag) => short!.words.includes(flag)),
    short!.words.join(' '),
  );
  equal(choice!.words, ['fish']);
  equal(equals!.words, ['svg'], '--option=value');
  equal([path!.words, path!.files], [[], true]);
  equal([free!.words, free!.files], [[], false]);
  equal(behind!.words, ['--quiet']);
  equal([plain!.words, plain!.files], [[], true], 'behind -- nothing is an option');
  equal([...shell!.words].sort(), ['bash', 'fish', 'zsh']);
  equal([name!.words, name!.files], [[], false]);
});

test('completion: each script names every command and option that the help does, and loads', async () => {
  const help = await cli(['--help']);
  const names = [...help.stdout.matchAll(/^ {2}([a-z][\w-]*)(?: .*)?$/gm)].map((match) => match[1]!);
  ok(names.length > 12, names.join(' '));
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout, status, stderr } = await cli(['completion', shell]);
    equal([status, stderr], [0, '']);
    for (const name of names) {
      ok(new RegExp(`[ '(]${name}[ ':)]`).test(stdout), `${shell}: ${name}`);
      const own = (await cli([name, '--help'])).stdout;
      for (const [, flag = ''] of own.matchAll(/^ {2}(?:-\w, )?--([a-z][\w-]*)/gm))
        ok(stdout.includes(flag), `${shell}: ${name} --${flag}`);
    }
    if (!has(shell)) continue;
    const checked = spawnSync(shell, shell === 'fish' ? ['--no-execute'] : ['-n'], { input: stdout, encoding: 'utf8' });
    equal([checked.status, checked.stderr], [0, ''], shell);
  }
  equal((await cli(['completion', 'tcsh'])).status, 2);
});

test('man: the page is roff without a warning, and tells every command', async () => {
  const { stdout, status } = await cli(['man']);
  equal(status, 0);
  ok(stdout.startsWith('.TH ANYFILE 1'), stdout.slice(0, 50));
  ok(
    stdout.split('\n').every((line) => !line.startsWith("'") && /^[\x20-\x7e]*$/.test(line)),
    'no stray request, no character that roff does not know',
  );
  if (!has('groff')) skip('there is no groff');
  const {
    status: ended,
    stdout: page,
    stderr,
  } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-P-cbou', '-rLL=200n'], { input: stdout, encoding: 'utf8' });
  equal([ended, stderr], [0, '']);
  for (const words of ['anyfile cp <path...>', 'anyfile meta set <path...>', '--dry-run', 'EXIT STATUS', 'a size, type, ETag, …'.slice(2)])
    ok(page.replaceAll('‐', '-').includes(words), words);
});
