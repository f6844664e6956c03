/** Moves that would cost what they move. */
import { readFileSync, symlinkSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { CloudFiles, type ClientOptions } from '../../src/index.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { withScenario, type Scenarios } from '../servers/fixture/client.ts';
import { cli, inFolder, plant, textOf, tree } from './cli/run-cli.ts';

const optionsOf = ({ endpoint, region, credentials }: Scenarios['s3']): ClientOptions => ({ endpoint, region, credentials });
const texts = (...pairs: [key: string, text: string][]): { key: string; text: string }[] => pairs.map(([key, text]) => ({ key, text }));

test('mv -c in place encodes a file anew, and leaves it', () =>
  withScenario('s3', { objects: texts(['a', 'one'], ['logs/b', 'two']) }, async (s3) => {
    const clientOptions = optionsOf(s3);
    const url = `s3://${s3.bucket}`;
    const files = new CloudFiles(url, clientOptions);
    for (const argv of [
      ['mv', '-c', 'gzip', `${url}/a`, `${url}/a`],
      ['mv', '-c', 'gzip', `${url}/logs`, `${url}/`],
    ])
      equal((await cli(argv, { clientOptions })).status, 0, argv.join(' '));
    for (const [key, text] of [
      ['a', 'one'],
      ['logs/b', 'two'],
    ] as const) {
      equal((await files.head(key))?.contentEncoding, 'gzip');
      equal(new TextDecoder().decode((await files.get(key)) as Uint8Array), text);
    }
  }));

test('mv -c on a disk takes away what has another name now, and nothing else', () =>
  inFolder(async (root) => {
    plant(root, { a: 'one', 'b.gz': gzipSync('two'), 'c.gz': gzipSync('three') });
    for (const argv of [
      ['-c', 'gzip', 'a', 'a'],
      ['-c', 'gzip', 'b', 'b'],
      ['-c', 'none', 'c', 'c'],
    ])
      equal((await cli(['mv', ...argv.slice(0, 2), ...argv.slice(2).map((name) => `${root}/${name}`)])).status, 0, argv.join(' '));
    equal(tree(root), ['a.gz', 'b.gz', 'c']);
    equal([gunzipSync(readFileSync(`${root}/a.gz`)).toString(), gunzipSync(readFileSync(`${root}/b.gz`)).toString()], ['one', 'two']);
    equal(textOf(root, 'c'), 'three');
  }));

test('mv: one object under two names of its service is one object', () =>
  withScenario('s3', { objects: texts(['a', 'one'], ['b', 'two']) }, async (s3) => {
    const clientOptions = optionsOf(s3);
    const other = s3.endpoint.replace('127.0.0.1', 'localhost');
    const moved = await cli(['mv', `s3://${s3.bucket}/a`, `s3://${other}/${s3.bucket}/a`], { clientOptions });
    ok(moved.status !== 0 && moved.stderr.includes('are the same file'), moved.stderr);
    const encoded = await cli(['mv', '-c', 'gzip', `s3://${s3.bucket}/b`, `s3://${other}/${s3.bucket}/b`], { clientOptions });
    equal(encoded.status, 0, encoded.stderr);
    const files = new CloudFiles(`s3://${s3.bucket}`, clientOptions);
    equal([await files.exists('a'), (await files.head('b'))?.contentEncoding], [true, 'gzip']);
  }));

test('mv: what is to be moved itself is not replaced', () =>
  inFolder(async (root) => {
    plant(root, { 'logs/x': 'new', 'logs/y': 'y', 'logs/old/x': 'old' });
    const moved = await cli(['mv', `${root}/logs/*`, `${root}/logs/old/`]);
    ok(moved.status !== 0 && moved.stderr.includes('is to be moved itself'), moved.stderr);
    equal(tree(root), ['logs/old/old/x', 'logs/old/y', 'logs/x']);
    equal([textOf(root, 'logs/old/old/x'), textOf(root, 'logs/x')], ['old', 'new']);
  }));

test('mv: the same in a bucket, and a dry run says so too', () =>
  withScenario('s3', { objects: texts(['logs/x', 'new'], ['logs/old/x', 'old']) }, async (s3) => {
    const clientOptions = optionsOf(s3);
    const url = `s3://${s3.bucket}/logs`;
    const argv = ['mv', `${url}/*`, `${url}/old/`];
    const dry = await cli([...argv, '--dry-run'], { clientOptions });
    const real = await cli(argv, { clientOptions });
    equal([dry.status, dry.stdout, dry.stderr], [real.status, real.stdout, real.stderr]);
    const files = new CloudFiles(url, clientOptions);
    const read = async (key: string): Promise<string> => new TextDecoder().decode((await files.get(key)) as Uint8Array);
    equal([await read('x'), await read('old/old/x')], ['new', 'old']);
  }));

test('mv and cp: `a.gz` beside `a.gz.gz`: each by its own bytes', () =>
  inFolder(async (root) => {
    plant(root, { 'd/a.gz': gzipSync('one'), 'd/a.gz.gz': gzipSync(gzipSync('two')) });
    const twice = readFileSync(`${root}/d/a.gz.gz`);
    equal((await cli(['mv', `${root}/d`, `${root}/e`])).status, 0);
    equal(tree(root), ['e/a.gz', 'e/a.gz.gz']);
    equal(Buffer.compare(readFileSync(`${root}/e/a.gz.gz`), twice), 0);
    await withScenario('s3', {}, async (s3) => {
      const clientOptions = optionsOf(s3);
      equal((await cli(['mv', `${root}/e`, `s3://${s3.bucket}/`], { clientOptions })).status, 0);
      const files = new CloudFiles(`s3://${s3.bucket}/e`, clientOptions);
      const names: string[] = [];
      for await (const name of files.list()) names.push(name);
      equal(names, ['a', 'a.gz.gz']);
      equal(Buffer.compare(Buffer.from((await files.get('a.gz.gz', { raw: true })) as Uint8Array), twice), 0);
    });
  }));

test('moves: a file that is moved onto itself by another path is not lost', () =>
  inFolder(async (root) => {
    plant(root, { 'd/a': 'one' });
    symlinkSync(`${root}/d`, `${root}/link`);
    await rejects(new CloudFiles(`file://${root}/d`).moves(`file://${root}/link`, ['a']), 'PreconditionFailed');
    equal(textOf(root, 'd/a'), 'one');
  }));

test('transferTo: of `a` and `a.gz` on a disk both arrive in a bucket', () =>
  inFolder(async (root) => {
    plant(root, { a: 'one', 'a.gz': gzipSync('two'), 'b.gz': gzipSync('three') });
    await withScenario('s3', {}, async (s3) => {
      const to = new CloudFiles(`s3://${s3.bucket}/d`, optionsOf(s3));
      equal(await new CloudFiles(`file://${root}`, optionsOf(s3)).transferTo(to), 3);
      const names: string[] = [];
      for await (const name of to.list()) names.push(name);
      equal(names, ['a', 'a.gz', 'b']);
    });
  }));
