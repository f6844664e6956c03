/** Paths without I/O against what cloudpathlib was recorded to do. */
import { anyPath, Client, CloudPath, PureCloudPath } from '../../src/index.ts';
import { isCloudError } from '../../src/errors.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { idsOf, isSeenError, result, seen } from './cloudpath-recorded.ts';

const pure = (text: string): PureCloudPath => new PureCloudPath(text);
const texts = (paths: readonly PureCloudPath[]): string[] => paths.map(String);
const at = pure('s3://bkt/a/b.txt');

async function throws(act: () => unknown, expected: (error: unknown) => boolean): Promise<void> {
  await rejects(async () => act(), expected);
}

/** Where Python raises a ValueError or TypeError of its own. */
const invalid = (error: unknown): boolean => isCloudError(error, 'InvalidArgument');

test('behaviours.json: pure properties', () => {
  const ids = idsOf('pure ');
  equal(ids.length, 7);
  for (const id of ids) {
    const path = pure(id.slice('pure '.length));
    const { repr: _, ...want } = result(id) as Record<string, unknown>;
    const { name, stem, suffix, suffixes, parts, parent, parents, anchor, drive, bucket, key } = path;
    const got = { str: String(path), name, stem, suffix, suffixes, parts, parent: String(parent), parents: texts(parents) };
    equal({ ...got, anchor, drive, as_uri: path.asUri(), bucket, key }, want, id);
  }
});

test('behaviours.json: joining and replacing names', () => {
  for (const part of ['c', '/c', '../c', 'c/', '']) equal(String(at.join(part)), result(`path / '${part}'`), part);
  equal(String(at.join('x', 'y')), result("path joinpath('x','y')"));
  equal(String(at.withSuffix('.csv')), result('path with_suffix'));
  equal(String(at.withSuffix('')), result("path with_suffix('')"));
  equal(String(at.withStem('q')), result('path with_stem'));
  equal(String(new Client().path('s3://bkt', 'a/', '/b/', 'c/')), result('path extra parts'));
  equal(at.isJunction(), result('path is_junction'));
  equal(String(pure('s3://b/k')), result('path from_uri'));
});

test('behaviours.json: relations', async () => {
  equal(`PurePosixPath('${at.relativeTo(pure('s3://bkt/a'))}')`, result('path relative_to'));
  equal(seen('path relative_to other bucket').error, 'ValueError');
  await throws(() => at.relativeTo(pure('s3://other')), invalid);
  equal(seen('path relative_to Path').error, 'ValueError');
  await throws(() => at.relativeTo('/a'), invalid);
  equal([at.isRelativeTo(pure('s3://bkt/a')), at.isRelativeTo(pure('s3://bkt/z'))], result('path is_relative_to'));
  // the patterns were not recorded, the answers were
  const matches = [at.match('*.txt'), at.match('a/*.txt'), at.match('s3://bkt/a/*.txt'), at.match('*.csv'), at.match('s3://bkt/*/b.txt')];
  equal(matches, result('path match'));
  const other = pure('s3://bkt/b');
  equal(
    [at.compare(other) < 0, at.compare(at) <= 0, at.compare(other) > 0, at.equals('s3://bkt/a/b.txt'), new Set([String(at)]).size],
    result('path ordering'),
  );
  equal(seen('path compare classes').error, 'TypeError');
  await throws(() => at.compare(pure('gs://bkt/a')), invalid);
});

test('behaviours.json: paths of any kind', async () => {
  const kinds = { s3: 'S3Path', gs: 'GSPath', file: 'PosixPath', opfs: 'PosixPath', https: 'HttpsPath' } as Record<string, string>;
  const got = ['s3://b/k', 'gs://b/k', 'a/b', '/a/b', 'file:///a/b', 'https://h/a'].map((text) => kinds[anyPath(text).protocol]);
  equal(got, result('path AnyPath'));
  await throws(() => anyPath(5 as unknown as string), isSeenError('path AnyPath int'));
  await throws(() => new CloudPath('zz://x'), isSeenError('path S3Path bad prefix'));
  await throws(() => new CloudPath('a/b'), isSeenError('path S3Path bad prefix'));
  equal(seen('path chmod').error, 'AttributeError');
  ok(!('chmod' in at));
  // a method here, whatever the version of Python: warts.md
  equal(seen('path full_match on 3.11').error, 'NotImplementedError');
  ok(at.fullMatch('**/*.txt') && !at.fullMatch('*.txt'));
});
