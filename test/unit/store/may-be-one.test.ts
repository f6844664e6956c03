/** What may be one object, seen by two ways. */
import { mayBeOne } from '../../../src/store/may-be-one.ts';
import type { ObjectInfo } from '../../../src/index.ts';
import { equal, test } from '../../harness.ts';

const info = (its: Partial<ObjectInfo>): ObjectInfo => ({ key: 'a', sizeBytes: 5, metadata: {}, ...its });
const at = (ms: number): Date => new Date(1_700_000_000_000 + ms);

const rows: readonly [what: string, one: Partial<ObjectInfo>, other: Partial<ObjectInfo>, alike: boolean, want: boolean][] = [
  ['nothing tells', {}, {}, true, true],
  [
    'one generation, by JSON and by XML',
    { generation: '1', etag: 'CJ=', lastModified: at(7) },
    { generation: '1', etag: '"a"', lastModified: at(0) },
    true,
    true,
  ],
  ['two generations of the same bytes', { generation: '1', etag: '"a"' }, { generation: '2', etag: '"a"' }, true, false],
  ['whole seconds beside fractions', { etag: '"a"', lastModified: at(250) }, { etag: '"a"', lastModified: at(0) }, true, true],
  ['another second', { etag: '"a"', lastModified: at(0) }, { etag: '"a"', lastModified: at(1000) }, true, false],
  ['a proxy that weakens', { etag: 'W/"a"' }, { etag: '"a"' }, true, true],
  ['other bytes', { etag: '"a"' }, { etag: '"b"' }, true, false],
  ['ETags of two kinds of services', { etag: '"a"' }, { etag: '"b"' }, false, true],
  ['two versions', { etag: '"a"', versionId: 'x' }, { etag: '"a"', versionId: 'y' }, true, false],
  ['another size', { sizeBytes: 4 }, {}, true, false],
  ['a size that nobody was told', { sizeBytes: NaN }, {}, true, true],
  ['decoded on the way', { sizeBytes: 500 }, { sizeBytes: 5, contentEncoding: 'gzip' }, true, true],
];

for (const [what, one, other, alike, want] of rows)
  test(`may be one object: ${what}`, () => {
    equal(mayBeOne(info(one), info(other), alike), want);
    equal(mayBeOne(info(other), info(one), alike), want, 'the other way round');
  });
