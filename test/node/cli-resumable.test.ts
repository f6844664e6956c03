/** `anyfile cp --resumable` and `--part-bytes`: large files that go on where they ended. */
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ClientOptions } from '../../src/index.ts';
import { equal, ok, sameBytes, test } from '../harness.ts';
import { pattern, withScenario, type ScenarioOptions, type Scenarios } from '../servers/fixture/client.ts';
import { cli, inFolder, plant, tree, type CliResult } from './cli/run-cli.ts';

const MiB = 0x100000;
const bytes = pattern(11 * MiB + 7, 5);
type Run = (argv: readonly string[], signal?: AbortSignal) => Promise<CliResult>;

function withBucket(
  options: ScenarioOptions['s3'],
  work: (run: Run, bucket: string, root: string, s3: Scenarios['s3']) => Promise<void>,
): Promise<void> {
  return withScenario('s3', options, (s3) =>
    inFolder((root) => {
      const clientOptions: ClientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
      const env = { CLOUD_FILES_DIR: join(root, 'home') };
      return work((argv, signal) => cli(argv, { clientOptions, env, signal }), `s3://${s3.bucket}`, root, s3);
    }),
  );
}

const operations = async (s3: Scenarios['s3'], name: string): Promise<number> => (await s3.log()).counts.byOperation[name] ?? 0;

test('cp --part-bytes: a large file goes in parts of that size, small ones in one request', () =>
  withBucket({}, async (run, bucket, root, s3) => {
    plant(root, { 'up/large.csv': bytes, 'up/small': 'x' });
    equal((await run(['cp', '-r', '--part-bytes', '5MiB', `${root}/up`, `${bucket}/up`])).stderr, '');
    equal([await operations(s3, 'UploadPart'), await operations(s3, 'PutObject')], [3, 1]);
    const head = JSON.parse((await run(['head', `${bucket}/up/large.csv`])).stdout) as Record<string, unknown>;
    equal([head['Content-Type'], head['Content-Length']], ['text/csv', bytes.length]);
    equal((await run(['verify', '--checksum', '--part-size', '5MiB', `${root}/up`, `${bucket}/up`])).status, 0);
    equal((await run(['cp', '--part-bytes', '1MiB', `${root}/up/small`, `${bucket}/x`])).status, 2, 'no service takes such parts');
  }));

test('cp --resumable: an upload that failed goes on, and sends what is missing', () =>
  withBucket(
    { faults: [{ match: { operation: 'UploadPart', nth: 3 }, fault: { type: 'status', status: 403, code: 'AccessDenied' } }] },
    async (run, bucket, root, s3) => {
      plant(root, { 'large.gz': gzipSync(bytes, { level: 0 }) });
      const argv = ['cp', '--resumable', '--part-bytes', '5MiB', `${root}/large`, `${bucket}/large`];
      const broken = await run(argv);
      equal([broken.status !== 0, (await run(['ls', `${bucket}/`])).stdout], [true, ''], 'nothing is seen of it');
      equal(readdirSync(join(root, 'home/uploads')).length > 0, true, 'it is in the journal');
      const before = await operations(s3, 'UploadPart');
      const again = await run(argv);
      equal([again.status, again.lines], [0, [`cp file://${root}/large ${bucket}/large`]], again.stderr);
      ok((await operations(s3, 'UploadPart')) - before < 3, 'not all parts once more');
      equal(await operations(s3, 'CreateMultipartUpload'), 1);
      sameBytes((await run(['cat', `${bucket}/large`])).bytes, bytes);
      equal((JSON.parse((await run(['head', `${bucket}/large`])).stdout) as Record<string, unknown>)['Content-Encoding'], 'gzip');
      equal(tree(join(root, 'home/uploads')), [], 'and no longer in the journal');
    },
  ));

test('cp --resumable: of a file that changed since, nothing old is sent', () =>
  withBucket(
    { faults: [{ match: { operation: 'UploadPart', nth: 3 }, fault: { type: 'status', status: 403, code: 'AccessDenied' } }] },
    async (run, bucket, root, s3) => {
      plant(root, { large: bytes });
      const argv = ['cp', '--resumable', '--part-bytes', '5MiB', `${root}/large`, `${bucket}/large`];
      ok((await run(argv)).status !== 0, 'broken off');
      const other = pattern(bytes.length, 6);
      writeFileSync(join(root, 'large'), other);
      equal((await run(argv)).stderr, '');
      sameBytes((await run(['cat', `${bucket}/large`])).bytes, other);
      equal(await operations(s3, 'AbortMultipartUpload'), 1, 'what was begun is thrown away');
    },
  ));

/** Runs a command and ends it when a file has grown. */
async function endWhen(run: Run, argv: readonly string[], grown: () => boolean): Promise<CliResult> {
  const stop = new AbortController();
  const timer = setInterval(() => grown() && stop.abort(new Error('SIGINT')), 5);
  try {
    return await run(argv, stop.signal);
  } finally {
    clearInterval(timer);
  }
}

const short = bytes.subarray(0, 6 * MiB);

for (const changes of ['nothing', 'the object', 'the bytes on the disk'] as const) {
  test(`cp --resumable: a download that was ended goes on, where ${changes} changed meanwhile`, () =>
    withBucket(
      {
        objects: [{ key: 'large', pattern: { sizeBytes: short.length, seed: 5 }, contentType: 'text/plain' }],
        faults: [{ match: { operation: 'GetObject', nth: 1 }, fault: { type: 'stall', bytes: 4 * MiB } }],
      },
      async (run, bucket, root, s3) => {
        const folder = join(root, 'down');
        const argv = ['cp', '--resumable', '--part-bytes', '5MiB', `${bucket}/large`, `${folder}/`];
        const part = (): string | undefined => tree(folder)?.find((name) => name.endsWith('.part'));
        const ended = await endWhen(run, argv, () => part() !== undefined && statSync(join(folder, part()!)).size > 3 * MiB);
        equal([ended.status, tree(folder)?.length, tree(folder)?.includes('large')], [130, 1, false], ended.stderr);
        const left = join(folder, part()!);
        const had = statSync(left).size;
        let want = short;
        if (changes === 'the object') {
          want = pattern(short.length, 9);
          plant(root, { other: want });
          equal((await run(['cp', `${root}/other`, `${bucket}/large`])).status, 0);
        } else if (changes === 'the bytes on the disk') {
          const damaged = readFileSync(left);
          damaged[1000]! ^= 1;
          writeFileSync(left, damaged);
        }
        const again = await run(argv);
        equal([again.status, again.stderr, tree(folder)], [0, '', ['large']]);
        sameBytes(readFileSync(join(folder, 'large')), want);
        const ranges = (await s3.log()).requests
          .filter(({ operation }) => operation === 'GetObject')
          .map(({ headers }) => headers['range']);
        if (changes === 'nothing') equal(ranges.at(-1), `bytes=${had}-${short.length - 1}`, 'only the rest is asked for');
      },
    ));
}
