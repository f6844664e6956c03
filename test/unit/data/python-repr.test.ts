/** Python's repr, its table of printable characters, and the hashes that come of it. */
import { isMetadataHash, metadataHash, possibleMetadataHashes } from '../../../src/data/metadata-hash.ts';
import { LabelSet } from '../../../src/data/label.ts';
import { isPrintable } from '../../../src/data/printable.ts';
import { boxFloat, pyFloat } from '../../../src/data/py-float.ts';
import { pythonRepr } from '../../../src/data/python-repr.ts';
import { parseDateTime } from '../../../src/data/date-time-parse.ts';
import { PyDateTime } from '../../../src/data/date-time.ts';
import { PyTuple, type PyValue } from '../../../src/data/value.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

const time = { year: 2022, month: 5, day: 4 };

const shown: [PyValue, string][] = [
  [null, 'None'],
  [[true, false], '[True, False]'],
  [[1, pyFloat(1), -0, pyFloat(-0), 10n ** 20n], '[1, 1.0, 0, -0.0, 100000000000000000000]'],
  [[NaN, Infinity, -Infinity, 1e16, 1e-5, 0.0001], '[nan, inf, -inf, 1e+16, 1e-05, 0.0001]'],
  [new PyTuple(), '()'],
  [new PyTuple(1), '(1,)'],
  [new PyTuple(1, 'a'), "(1, 'a')"],
  [new Set(), 'set()'],
  [new Set<PyValue>(['b', 'a']), "{'a', 'b'}"],
  [new Set<PyValue>([2, true, pyFloat(1), 1]), '{True, 2}'],
  [new LabelSet(), 'LabelSet()'],
  [new LabelSet('b a'), "LabelSet({'a', 'b'})"],
  [
    new Map<PyValue, PyValue>([
      [1, 'a'],
      [null, {}],
    ]),
    "{1: 'a', None: {}}",
  ],
  ["it's", `"it's"`],
  [`it's "x"`, `'it\\'s "x"'`],
  ['"', `'"'`],
  ['\\\t\n\r\0\x7f', "'\\\\\\t\\n\\r\\x00\\x7f'"],
  ['\xa0\xad\u200d\ufeff\ue000\ud800', "'\\xa0\\xad\\u200d\\ufeff\\ue000\\ud800'"],
  ['\u00e9\u98a8\u{1f680}\u{e0041}', "'\u00e9\u98a8\u{1f680}\\U000e0041'"],
  [new PyDateTime({ ...time, fold: 1 }), 'datetime.datetime(2022, 5, 4, 0, 0, fold=1)'],
  [
    new PyDateTime({ ...time, second: 1, offsetSeconds: 0.5 }),
    'datetime.datetime(2022, 5, 4, 0, 0, 1, tzinfo=datetime.timezone(datetime.timedelta(microseconds=500000)))',
  ],
  [
    new PyDateTime({ ...time, microsecond: 7, offsetSeconds: -1, zoneName: "x'" }),
    `datetime.datetime(2022, 5, 4, 0, 0, 0, 7, tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=86399), "x'"))`,
  ],
];

test('the repr of each kind of value', () => {
  for (const [value, want] of shown) equal(pythonRepr(value), want);
});

test('zones as after reading back', () => {
  const utc = parseDateTime('2022-05-04T00:00Z');
  equal(pythonRepr(utc, { zones: 'tzutc' }), 'datetime.datetime(2022, 5, 4, 0, 0, tzinfo=tzutc())');
  equal(pythonRepr(utc, { zones: 'tzlocal' }), 'datetime.datetime(2022, 5, 4, 0, 0, tzinfo=tzlocal())');
  const east = parseDateTime('2022-05-04T00:00+01:00');
  for (const zones of ['tzutc', 'tzlocal'] as const)
    equal(pythonRepr(east, { zones }), 'datetime.datetime(2022, 5, 4, 0, 0, tzinfo=tzoffset(None, 3600))');
});

test('what has no repr', async () => {
  const loop: PyValue[] = [];
  loop.push(loop);
  await rejects(() => pythonRepr(loop), 'InvalidArgument');
  await rejects(() => pythonRepr(undefined as never), 'InvalidArgument');
});

test('what is printable follows Unicode 14.0, whatever the engine knows', () => {
  // A later version assigns code points; none of those becomes unassigned, so the engine may only know more.
  const engine = /[\p{C}\p{Z}]/u;
  let printable = 0;
  for (let code = 0x80; code < 0x110000; code++) {
    const mine = isPrintable(code);
    if (mine) printable++;
    if (mine && engine.test(String.fromCodePoint(code))) throw new Error(`U+${code.toString(16)} is printable here and not in this engine`);
  }
  // Unicode 14.0 has 144,697 characters without controls; less 95 of ASCII, 18 other spaces and separators, 163 formats.
  equal(printable, 144_421);
  // Assigned in 13.0, 14.0, 15.0 and 15.1.
  equal([0x1fad6, 0x1fae0, 0x1fae8, 0x2ebf0].map(isPrintable), [true, true, false, false]);
});

test('boxed floats only where a plain number would be an int', () => {
  equal(
    [0.5, 1e300, NaN].map((value) => typeof boxFloat(value)),
    ['number', 'number', 'number'],
  );
  equal(
    [1, -0, 2 ** 53 - 1].map((value) => typeof boxFloat(value)),
    ['object', 'object', 'object'],
  );
});

test('every order of labels and sets, and every way to write a zone, is a possible hash', () => {
  const tags = { s: new Set<PyValue>([1, 2]), t: { u: new Set<PyValue>(['x']) } };
  const metadata = { timestamp: null, tags, labels: ['a', 'b', 'c'] };
  const all = [...possibleMetadataHashes(metadata)];
  equal([all[0], new Set(all).size], [metadataHash(metadata), 12]);
  const aware = { ...metadata, timestamp: parseDateTime('2022-05-04T00:00Z') };
  equal([...possibleMetadataHashes(aware)].length, 36);
  // Items that Python cannot sort, and so cannot store, still have a hash there.
  equal([...possibleMetadataHashes({ ...metadata, tags: { s: new Set<PyValue>([1, null]) }, labels: [] })].length, 2);
});

test('too many orders are told, not tried', async () => {
  const metadata = { timestamp: null, tags: {}, labels: Array.from({ length: 12 }, (_, i) => `l${i}`) };
  ok(isMetadataHash(metadataHash(metadata), metadata, { maxTexts: 1 }), 'the sorted order comes first');
  await rejects(() => isMetadataHash('AAAAAA==', metadata, { maxTexts: 100 }), 'NotSupported');
});
