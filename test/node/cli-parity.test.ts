/**
 * The command against the recorded runs of cloudfiles. Its own habit of printing failures on stdout with status 0 is mended: what is
 * expected instead stands in `mended`, by the run's title.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { gunzipSync } from 'node:zlib';
import { compress, type EncodingOption } from '../../src/codecs.ts';
import { isCloudError } from '../../src/errors.ts';
import { need, uniqueName } from '../env.ts';
import { equal, ok, sameBytes, test } from '../harness.ts';
import table from '../parity/cloudfiles/cli.json' with { type: 'json' };
import trees from '../parity/cloudfiles/cp-trees.json' with { type: 'json' };
import { cli, inFolder, optionsOf, plant, tree, type CliResult } from './cli/run-cli.ts';

interface Run {
  about: string;
  args: string[];
  stdin: string | null;
  stdout: string;
  tree_after?: string[] | null;
  aliases_json?: string;
  made?: boolean;
}

const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const source = Object.fromEntries(Object.entries(trees.source).map(([path, content]) => [path, bytes(content)]));
const runs = table.runs as unknown as Run[];

/** What is different here, and why: a status, and a piece of stderr or the whole of stdout. */
const mended: Record<string, { status: number; stdout?: string; error?: string }> = {
  'directory without -r': { status: 1, error: 'is a directory (not copied)' },
  '* copies one level': { status: 1, error: 'is a directory (not copied)' },
  'two sources, destination not a directory': { status: 3, error: 'must be a directory' },
  'destination is a file': { status: 3, error: 'is not a directory (not copied)' },
  'ls two star suffix': { status: 0, stdout: 'sub/b.json\n' },
  'ls expression two': { status: 1, error: 'nothing matches' },
  'ls expression none': { status: 0, stdout: 'a.txt\n' },
  'ls bad protocol': { status: 2, error: 'UnsupportedProtocol' },
  'cat range two': { status: 2, error: 'one file' },
  'cat range missing': { status: 1, error: 'does not exist' },
  // the recorder read it as text, which made a line feed of the carriage return
  'cat binary': { status: 0, stdout: String.fromCharCode(...Array(64).keys()) },
  'du missing': { status: 1, error: 'does not exist' },
  'head missing': { status: 1, error: 'does not exist' },
  'head none': { status: 2, error: 'missing required argument' },
  'mv missing': { status: 1, error: 'does not exist' },
  'rm directory without -r': { status: 1, error: 'is a directory' },
  'alias add official': { status: 3, error: 'already exists' },
  'alias rm official': { status: 2, error: 'official' },
  'verify local without --md5': { status: 2, error: 'a disk keeps no checksums' },
  'verify different content same size': { status: 1, error: 'a.txt: differs in content' },
  'verify different size verbose': { status: 1, error: 'a.txt: differs in size: 11 and 14 bytes' },
  'verify extra target file': { status: 1, error: '0 files are in the source alone, 1 in the target alone' },
  'verify extra target file verbose': { status: 1, error: '0 files are in the source alone, 1 in the target alone' },
  'verify file and directory': { status: 3, error: 'must both be files or both be directories' },
  'verify two files with different names': { status: 1, error: '1 files are in the source alone' },
  'no arguments': { status: 2, error: 'Usage' },
  'unknown command': { status: 2, error: "unknown command 'frobnicate'" },
  'unknown option': { status: 2, error: "unknown option '--nope'" },
};

/** Run in tests of its own: cli-ls-sqlite. */
const elsewhere = /sqlite/;

/** What the recorder had made before a run. */
function prepare(root: string, about: string): void {
  const folder = (name: string): void => void mkdirSync(join(root, name), { recursive: true });
  if (about === 'directory into existing directory copies the directory itself') folder('r5');
  if (about === 'two sources into a directory') folder('r12');
  if (about === 'mv directory') plant(root, { 'mv/b.txt': 'b', 'mv/c.txt': 'c' });
  if (about.startsWith('verify')) {
    plant(join(root, 'v1'), source);
    plant(join(root, 'v2'), source);
    if (about.includes('same size')) plant(root, { 'v2/a.txt': 'hello_world' });
    if (about.includes('different size')) plant(root, { 'v2/a.txt': 'longer content' });
    if (/extra|different names/.test(about)) plant(root, { 'v2/extra.txt': 'extra' });
  }
  if (about.startsWith('rm ') && about !== 'rm s3') plant(join(root, 'rm'), source);
  // the recorded runs go on with what those before them left
  if (/^rm (compressed|missing|star)/.test(about)) rmSync(join(root, 'rm/a.txt'));
  if (/^rm (missing|star)/.test(about)) rmSync(join(root, 'rm/pre.txt.gz'));
}

const shownTree: Record<string, string> = { touch: 'touched', 'mv directory': 'mv-moved', 's3 to file': 'r19' };

/** The folder whose files a run lists afterwards. */
function treeOf(root: string, { about, args }: Run): string {
  if (about.startsWith('rm ')) return join(root, 'rm');
  const named = shownTree[about];
  if (named) return join(root, named);
  return join(root, /<root>\/([^/]+)/.exec(args.at(-1) ?? '')?.[1] ?? '');
}

function check(run: Run, got: CliResult, here: (text: string) => string): void {
  const want = mended[run.about];
  equal(got.status, want?.status ?? 0, `status (${got.stderr})`);
  if (want?.error !== undefined) ok(got.stderr.includes(want.error), `${JSON.stringify(want.error)} in ${got.stderr}`);
  else equal(got.stderr, '', 'stderr');
  if (run.args.includes('head')) return;
  // the verdict goes to stdout also where it is a failure; colours are for terminals
  const verdict = run.about.startsWith('verify') && got.status === 1;
  if (verdict) equal(got.stdout, run.stdout.replace(/\x1b\[[\d;]*m/g, ''), 'stdout');
  if (!want?.error) equal(got.stdout, here(want?.stdout ?? run.stdout).replace(/\x1b\[[\d;]*m/g, ''), 'stdout');
}

const mutates = new Set(['cp', 'mv', 'rm', 'touch', 'mkdir']);

for (const run of runs.filter(({ about }) => !elsewhere.test(about) && !about.startsWith('alias'))) {
  const isS3 = run.args.some((arg) => arg.includes('<s3-host>'));
  test(`cli.json: ${run.about}`, () =>
    inFolder(async (root) => {
      const server = isS3 ? need('versitygw') : undefined;
      const prefix = uniqueName('cli');
      const here = (text: string): string =>
        text.replaceAll('<root>', root).replaceAll('http://<s3-host>/bkt', `${server?.endpoint}/${server?.bucket}/${prefix}`);
      const options = server ? { clientOptions: optionsOf(server) } : {};
      plant(join(root, 'src'), source);
      prepare(root, run.about);
      if (isS3 && run.about.startsWith('verify'))
        equal((await cli(['cp', '-r', `${root}/v1/`, here('s3://http://<s3-host>/bkt/v1')], options)).status, 0, 'upload');
      else if (isS3 && run.about !== 'to s3')
        equal((await cli(['cp', '-r', join(root, 'src'), here('s3://http://<s3-host>/bkt/cli/')], options)).status, 0, 'upload');
      const quiet = run.args.some((arg) => mutates.has(arg)) ? ['--quiet'] : [];
      const got = await cli([...quiet, ...run.args.map(here)], { ...options, stdin: here(run.stdin ?? '') });
      check(run, got, here);
      if (run.tree_after !== undefined)
        equal(tree(treeOf(root, run)) ?? null, run.tree_after === null ? null : [...run.tree_after].sort(), 'tree');
      if (run.made) ok(tree(join(root, 'made/a/b')), 'a folder');
      if (server) equal((await cli(['rm', '-r', here('s3://http://<s3-host>/bkt/')], options)).status, 0, 'cleaning up');
    }));
}

test('cli.json: aliases, one run after the other', () =>
  inFolder(async (root) => {
    const before = process.env['CLOUD_FILES_DIR'];
    process.env['CLOUD_FILES_DIR'] = join(root, 'not-made-yet');
    try {
      for (const run of runs.filter(({ about }) => about.startsWith('alias'))) {
        check(run, await cli(run.args), (text) => text);
        if (run.aliases_json) equal(readFileSync(join(root, 'not-made-yet/aliases.json'), 'utf8'), run.aliases_json);
      }
    } finally {
      if (before === undefined) delete process.env['CLOUD_FILES_DIR'];
      else process.env['CLOUD_FILES_DIR'] = before;
    }
  }));

/** Whether this version has the codec. */
async function carries(encoding: EncodingOption): Promise<boolean> {
  try {
    await compress(new Uint8Array(1), encoding);
    return true;
  } catch (error) {
    if (isCloudError(error, 'NotSupported')) return false;
    throw error;
  }
}

for (const { args, tree: wanted } of table.cp_compression) {
  const encoding = args[3] as string;
  test(`cp-trees: cp -r -c ${encoding}`, () =>
    inFolder(async (root) => {
      plant(join(root, 'src'), source);
      const got = await cli(args.map((arg) => arg.replace('<root>', root)));
      const made = join(root, `cp-${encoding}`);
      if (encoding === 'snappy') return equal(got.status, 2, 'an encoding that nobody knows');
      if (!['same', 'none'].includes(encoding) && !(await carries(encoding as EncodingOption))) {
        equal(got.status, 3, got.stderr);
        ok(got.stderr.includes('NotSupported'), got.stderr);
        return equal(tree(made), undefined, 'nothing was written');
      }
      // a source that is encoded otherwise needs the codec of that
      const all = encoding === 'same' || (await carries('br'));
      equal(got.status, all ? 0 : 1, got.stderr);
      if (!all) ok(/pre2\.txt: .*NotSupported/.test(got.errors[0] ?? ''), got.stderr);
      const names = Object.keys(wanted as object).filter((name) => all || !name.startsWith('pre2'));
      equal(tree(made), names.sort());
      if (encoding !== 'same' && encoding !== 'none' && encoding !== 'gzip') return undefined;
      const content = trees[encoding] as Record<string, string>;
      for (const name of names) {
        const [is, should] = [readFileSync(join(made, name)), bytes(content[name] ?? '')];
        if (encoding === 'gzip') sameBytes(gunzipSync(is), gunzipSync(should), name);
        else sameBytes(is, should, name);
      }
    }));
}
