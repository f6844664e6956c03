/** `anyfile verify`: names, sizes, checksums, and what has to be read for them. */
import { gzipSync } from 'node:zlib';
import type { ClientOptions } from '../../src/index.ts';
import { equal, ok, test } from '../harness.ts';
import { pattern, withScenario, type SeedObject } from '../servers/fixture/client.ts';
import { cli, inFolder, plant, type CliResult } from './cli/run-cli.ts';

const MiB = 0x100000;

/** A bucket of the fixture server, a folder of the disk, and `verify` between them; how many bodies were read. */
function between(
  objects: SeedObject[],
  local: Record<string, string | Uint8Array>,
  work: (run: (...argv: string[]) => Promise<CliResult>, reads: () => Promise<number>, bucket: string, root: string) => Promise<void>,
): Promise<void> {
  return withScenario('s3', { objects }, (s3) =>
    inFolder(async (root) => {
      plant(root, local);
      const clientOptions: ClientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
      const run = (...argv: string[]): Promise<CliResult> => cli(['verify', ...argv], { clientOptions });
      const reads = async (): Promise<number> => (await s3.log()).counts.byOperation['GetObject'] ?? 0;
      await work(run, reads, `s3://${s3.bucket}`, root);
    }),
  );
}

test('verify: two buckets are compared by what they tell, and nothing is read', () =>
  between(
    ['a', 'a2', 'sub/b'].flatMap((name) => [
      { key: `one/${name}`, text: name },
      { key: `two/${name}`, text: name === 'a2' ? 'aX' : name },
    ]),
    {},
    async (run, reads, bucket) => {
      const all = await run(`${bucket}/one`, `${bucket}/two/`);
      equal([all.status, all.lines], [1, ['failed. 1 failed. 2 succeeded. 0 ignored.']]);
      equal(all.errors, [
        `anyfile verify: ${bucket}/one/a2: differs in content: same size, other checksum [Different]`,
        'anyfile verify: 2 done, 1 failed',
      ]);
      equal((await run(`${bucket}/one/sub`, `${bucket}/two/sub`)).stdout, 'success. 1 files matching. 0 ignored.\n');
      equal((await run(`${bucket}/one/**b`, `${bucket}/two/**b`)).status, 0, 'patterns');
      const json = await run('--json', '-v', `${bucket}/one`, `${bucket}/two`);
      const records = json.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      equal(
        records.map(({ path, state, ok: fine, failed }) => [path, state, fine, failed]),
        [
          ['a', 'same', undefined, undefined],
          ['a2', 'different', undefined, undefined],
          ['sub/b', 'same', undefined, undefined],
          [undefined, undefined, false, 1],
        ],
      );
      equal(await reads(), 0, 'bodies read');
    },
  ));

test('verify: the checksum of an upload in parts is made from the local file, for the size of parts that it has', () => {
  const seed = { sizeBytes: 9 * MiB + 5, seed: 3 };
  const bytes = pattern(seed.sizeBytes, seed.seed);
  return between(
    [
      { key: 'd/usual', pattern: seed, partBytes: 8 * MiB, checksum: 'none' },
      { key: 'd/odd', pattern: seed, partBytes: 5 * MiB + 1, checksum: 'none' },
    ],
    { 'd/usual': bytes, 'd/odd': bytes },
    async (run, reads, bucket, root) => {
      equal((await run('--checksum', `${root}/d/usual`, `${bucket}/d/usual`)).status, 0);
      equal(await reads(), 0, 'the object is not read');
      equal((await run('--md5', '--part-size', String(5 * MiB + 1), `${root}/d/odd`, `${bucket}/d/odd`)).status, 0);
      equal(await reads(), 0, 'nor where the size of the parts is said');
      equal((await run('--md5', `${bucket}/d/odd`, `${root}/d/odd`)).status, 0);
      equal(await reads(), 1, 'where no usual size fits, it is read');
      plant(root, { 'd/odd': bytes.map((byte, i) => (i === 7_000_000 ? byte ^ 1 : byte)) });
      const damaged = await run('--md5', '--part-size', String(5 * MiB + 1), `${root}/d/odd`, `${bucket}/d/odd`);
      equal([damaged.status, await reads()], [1, 1], 'told by the one size that it can be');
      ok(damaged.errors[0]?.includes('differs in content'), damaged.stderr);
      const open = await run('--md5', '--part-size', '5MiB', '--multipart-threshold', '1GiB', `${root}/d/odd`, `${bucket}/d/odd`);
      equal([open.status, await reads()], [1, 2], 'below the threshold the size is not taken at its word');
    },
  );
});

test('verify: without --checksum what cannot be told is no success', () =>
  between(
    [
      { key: 'one/x', text: 'same bytes', partBytes: 4, checksum: 'none' },
      { key: 'two/x', text: 'same bytes', checksum: 'none' },
    ],
    { x: 'same bytes' },
    async (run, reads, bucket, root) => {
      const got = await run(`${bucket}/one`, `${bucket}/two`);
      equal([got.status, got.lines], [1, ['failed. 1 failed. 0 succeeded. 0 ignored.']]);
      ok(got.errors[0]?.includes('cannot be told'), got.stderr);
      equal((await run('--checksum', `${bucket}/one`, `${bucket}/two`)).status, 0);
      equal(await reads(), 1, 'one of the two says enough of itself');
      equal((await run(`${root}/x`, `${bucket}/two/x`)).status, 2, 'a disk keeps no checksums');
    },
  ));

test('verify: compressed files by their stored bytes; names that one side has, and -m', () =>
  between(
    [
      { key: 'd/a', base64: gzipSync('A').toString('base64'), contentEncoding: 'gzip' },
      { key: 'd/only', text: 'x' },
      { key: 'd/sub/', text: '' },
    ],
    { 'd/b': 'B' },
    async (run, _, bucket, root) => {
      const missing = await run('--md5', `${bucket}/d/a`, `${root}/d/a`);
      equal([missing.status, missing.lines], [3, []], 'what is not there is no verdict');
      plant(root, { 'd/a.gz': gzipSync('A') });
      equal((await run('--md5', `${bucket}/d/a`, `${root}/d/a`)).status, 0);
      const got = await run('--md5', `${bucket}/d`, `${root}/d`);
      equal([got.status, got.lines], [1, ['failed. 2 source files, 2 target files.']], 'a is in both, and counted');
      equal((await run('--md5', '-m', `${bucket}/d`, `${root}/d`)).lines, ['success. 1 files matching. 2 ignored.']);
      const told = await run('--md5', '-v', `${bucket}/d`, `${root}/d`);
      equal(told.lines.slice(0, 4), ['Extra source files:', 'only', 'Extra target files:', 'b']);
    },
  ));

test('verify: a listing that breaks off is no verdict', () =>
  withScenario(
    's3',
    {
      objects: Array.from({ length: 3 }, (_, i) => ({ key: `${i < 2 ? 'one' : 'two'}/x${i % 2}`, text: 'x' })),
      faults: [{ match: { query: 'prefix', nth: 4 }, fault: { type: 'status', status: 403, code: 'AccessDenied' } }],
    },
    async (s3) => {
      const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
      const got = await cli(['verify', `s3://${s3.bucket}/one`, `s3://${s3.bucket}/two`], { clientOptions });
      equal([got.status, got.stdout], [3, '']);
      ok(got.errors[0]?.includes('PermissionDenied'), got.stderr);
    },
  ));
