/** meta get and set: on the disk, in buckets, and what is refused. */
import { join } from 'node:path';
import { openDatafile, parseTypedJson, type PyObject } from '../../src/index.ts';
import { inFewEngines, need, uniqueName } from '../env.ts';
import { equal, ok, test } from '../harness.ts';
import { withScenario } from '../servers/fixture/client.ts';
import { buckets, type Bucket } from './cli/buckets.ts';
import { cli, inFolder, optionsOf, plant, textOf, tree } from './cli/run-cli.ts';

/** A bucket of each kind, and the disk. */
const places: Record<string, () => Bucket> = { disk: () => ({ url: '', clientOptions: {} }), ...buckets };

for (const [name, open] of Object.entries(places)) {
  test(
    `${name}: metadata are set, shown, changed and taken away, and nothing of them is lost`,
    () =>
      inFolder(async (root) => {
        if (name === 'versitygw' || name === 'minio') inFewEngines('S3 makes writers of metadata wait');
        const { url, clientOptions } = open();
        const place = url ? `${url}/${uniqueName('meta')}` : `${root}/there`;
        const run = (...argv: string[]): ReturnType<typeof cli> => cli(argv, { clientOptions });
        plant(root, { 'src/a.csv': '1,2\n', 'src/b.csv': '3' });
        equal((await run('cp', '-r', '--quiet', `${root}/src`, `${place}/`)).status, 0);
        const file = `${place}/src/a.csv`;

        const bare = await run('meta', 'get', file);
        equal(bare.lines, [
          file,
          '  id         -',
          '  name       a.csv',
          '  timestamp  -',
          '  labels     -',
          '  tags       -',
          '  size       4 bytes',
        ]);

        const change = ['--tag', 'f=1.0', '--tag', 'n=1', '--tag', 'who=Ann B', '--tag-string', 's=7', '--label', 'raw', '--label', '7'];
        const set = await run('meta', 'set', file, ...change, '--timestamp', '2022-05-04T17:57:57.136739');
        equal([set.status, set.stderr], [0, '']);
        equal(set.lines, [
          `meta set ${file}: +tag f=1.0, +tag n=1, +tag who="Ann B", +tag s="7", +label 7, +label raw, timestamp: none -> 2022-05-04T17:57:57.136739`,
        ]);

        const again = await run('meta', 'set', file, ...change);
        equal(again.lines, [`meta set ${file}: no change`]);

        const json = await run('meta', 'get', '--json', '--hash', file);
        equal(json.lines.length, 1);
        const { id } = await openDatafile(file, clientOptions);
        equal(
          json.lines[0],
          `{"path": "${file}", "name": "a.csv", "id": "${id}", "timestamp": {"_type": "datetime", "value": "2022-05-04T17:57:57.136739"}, ` +
            '"tags": {"f": 1.0, "n": 1, "who": "Ann B", "s": "7"}, "labels": ["7", "raw"], "sizeBytes": 4, "hash": "4EEvVw=="}',
        );

        const more = await run(
          'meta',
          'set',
          '--json',
          `${place}/src/*.csv`,
          '--tag',
          'n={"k": [1, 1.5]}',
          '--untag',
          'who',
          '--unlabel',
          'raw',
        );
        equal([more.status, more.lines.length], [0, 2]);
        const record = parseTypedJson(more.lines[0]!) as PyObject;
        equal([record['operation'], record['changed'], record['id']], ['meta set', true, id]);
        equal((record['before'] as PyObject)['labels'], ['7', 'raw']);
        equal((record['after'] as PyObject)['labels'], ['7']);

        equal((await run('meta', 'set', '--quiet', file, '--timestamp', 'none')).stdout, '');
        const table = await run('meta', 'get', `${place}/src/*.csv`);
        equal(table.lines.slice(1, 9), [
          `  id         ${id}`,
          '  name       a.csv',
          '  timestamp  -',
          '  labels     7',
          '  tags       f=1.0',
          '             n={"k": [1, 1.5]}',
          '             s="7"',
          '  size       4 bytes',
        ]);
        equal(table.lines.length, 17, 'the second behind an empty line');
        equal((await run('cat', file)).stdout, '1,2\n', 'the content stays');
        if (url) equal((await run('rm', '-r', '--quiet', place)).status, 0);
      }),
    { timeoutMs: 60_000 },
  );
}

test('meta: what is not there or no file is told, the rest is done', () =>
  inFolder(async (root) => {
    plant(root, { a: '1', 'd/b': '2' });
    const got = await cli(['meta', 'set', `${root}/a`, `${root}/none`, `${root}/d`, `${root}/d/`, `${root}/*x`, '--label', 'l']);
    equal([got.status, got.lines.length], [1, 1]);
    ok(got.errors.includes(`anyfile meta set: ${root}/none: does not exist`), got.stderr);
    ok(got.errors.includes(`anyfile meta set: ${root}/*x: nothing matches`), got.stderr);
    equal(got.errors.at(-1), 'anyfile meta set: 1 done, 4 failed');
    equal(tree(root), ['.octue', 'a', 'd/b'], 'nothing is kept of what is not there');
    equal((await cli(['meta', 'get', 's3://bucket/'])).status, 1);
    equal((await cli(['meta', 'get', '-'], { stdin: `${root}/a\n${root}/d/b\n` })).lines.filter((line) => line.includes(root)).length, 2);
  }));

test('meta set: a dry run prints what the real one prints, and changes nothing', () =>
  inFolder(async (root) => {
    plant(root, { a: '1' });
    const argv = ['meta', 'set', `${root}/a`, '--tag', 'x=1', '--timestamp', '0'];
    const dry = await cli([...argv, '--dry-run']);
    equal([dry.status, tree(root)], [0, ['a']]);
    equal((await cli(argv)).stdout, dry.stdout);
    ok(textOf(root, '.octue').includes('"x"'));
  }));

test('meta set: what cannot be is a mistake that names what is wrong, and nothing is done', () =>
  inFolder(async (root) => {
    plant(root, { a: '1' });
    for (const [argv, wrong] of [
      [['--tag', 'A=1'], "--tag A: Invalid tag 'A'"],
      [['--tag', 'a_=1'], '--tag a_:'],
      [['--tag', 'a'], '--tag a: write --tag NAME=VALUE'],
      [['--tag', '=1'], '--tag =1: write --tag NAME=VALUE'],
      [['--tag', 'a={"_type": "datetime", "value": "soon"}'], '--tag a: A datetime cannot be read'],
      [['--tag', 'a=1', '--tag-string', 'a=1'], '--tag-string a: the tag is named twice'],
      [['--tag', 'a=1', '--untag', 'a'], '--untag a: the tag is named twice'],
      [['--label', 'A B'], "--label A B: Invalid label 'A B'"],
      [['--label', 'a', '--unlabel', 'a'], '--unlabel a: the label is named twice'],
      [['--timestamp', 'soon'], '--timestamp soon: A datetime cannot be read'],
      [['--timestamp', '2022-02-30'], '--timestamp 2022-02-30: Not a date and time'],
      [[], 'nothing to change'],
    ] as const) {
      const got = await cli(['meta', 'set', `${root}/a`, ...argv]);
      equal([got.status, got.stdout, got.errors.length], [2, '', 1], argv.join(' '));
      ok(got.stderr.startsWith(`anyfile meta set: ${wrong}`), got.stderr);
    }
    equal(tree(root), ['a']);
  }));

test('meta set: a change by somebody else is a conflict; theirs stays', async () => {
  const changed = { match: { method: 'HEAD', times: 1 }, fault: { type: 'changeObject', text: 'theirs' } } as const;
  await withScenario('s3', { objects: [{ key: 'a', text: 'mine' }], faults: [changed] }, async (s3) => {
    const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
    const got = await cli(['meta', 'set', `s3://${s3.bucket}/a`, '--label', 'l'], { clientOptions });
    equal([got.status, got.stdout], [1, '']);
    ok(/s3:\/\/[^ ]+\/a: .*changed in the cloud.*nothing was overwritten.*\[PreconditionFailed/.test(got.errors[0] ?? ''), got.stderr);
    equal((await cli(['cat', `s3://${s3.bucket}/a`], { clientOptions })).stdout, 'theirs');
    ok((await cli(['meta', 'get', `s3://${s3.bucket}/a`], { clientOptions })).stdout.includes('labels     -'));
  });
});

test('meta: behind a URL metadata can be read, and its query is never printed', async () => {
  const clientOptions = optionsOf(need('versitygw'));
  await inFolder(async (root) => {
    plant(root, { a: '1' });
    const url = `s3://${need('versitygw').bucket}/${uniqueName('meta')}`;
    equal((await cli(['cp', join(root, 'a'), url], { clientOptions })).status, 0);
    equal((await cli(['meta', 'set', url, '--tag', 'x=1'], { clientOptions })).status, 0);
    const signed = (await cli(['sign', url], { clientOptions })).stdout.trim();
    const { signature } = /X-Amz-Signature=(?<signature>\w+)/.exec(signed)!.groups!;
    for (const argv of [
      ['meta', 'set', signed, '--tag', 'y=2'],
      ['meta', 'set', signed, '--tag', 'y=2', '--dry-run', '--json'],
      ['meta', 'get', `${signed}0`],
    ]) {
      const got = await cli(argv);
      ok(got.status === 1 || got.status === 3, `${got.status}`);
      ok(!`${got.stdout}${got.stderr}`.includes(signature!), got.stderr);
    }
    const got = await cli(['meta', 'get', '--json', signed]);
    equal([got.status, got.stderr], [0, '']);
    equal((JSON.parse(got.stdout) as { tags: unknown }).tags, { x: 1 });
    ok(!`${got.stdout}${got.stderr}`.includes(signature!), got.stdout);
    equal((await cli(['rm', '--quiet', url], { clientOptions })).status, 0);
  });
});
