/** JSON as Python's json module has it: what is taken, what is refused and where, and that nothing is lost. */
import fc from 'fast-check';
import { parseJson } from '../../../src/data/json-read.ts';
import { formatJson } from '../../../src/data/json-write.ts';
import { PyFloat } from '../../../src/data/py-float.ts';
import { pythonRepr } from '../../../src/data/python-repr.ts';
import { copyValue } from '../../../src/data/tags.ts';
import { isMetadataHash } from '../../../src/data/metadata-hash.ts';
import { decodeTyped, parseTypedJson } from '../../../src/data/typed-json.ts';
import { entriesOf, keysOf, objectOf, type PyObject, type PyValue } from '../../../src/data/value.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

/** A text in Python's own layout comes back as it was. */
const same = (text: string): void => equal(formatJson(parseJson(text)), text);

test('texts in the layout of json.dumps come back as they were', () => {
  for (const text of [
    'null',
    'true',
    'false',
    '0',
    '-1',
    '1.0',
    '-0.0',
    '1e+16',
    '1e-05',
    '0.0001',
    '9007199254740992',
    '-9007199254740993',
  ])
    same(text);
  for (const text of ['NaN', 'Infinity', '-Infinity', '1e+22', '5e-324', '1.7976931348623157e+308', '123456789012345.6', `${10n ** 400n}`])
    same(text);
  for (const text of [
    '""',
    '"\\u007f\\u0000\\b\\f\\n\\r\\t\\"\\\\/"',
    '"\\ud800"',
    '"\\ud83d\\ude80 \\u2028"',
    '[]',
    '{}',
    '[[], {}, [{}]]',
  ])
    same(text);
  for (const text of ['{"2": 1, "1": 2}', '{"b": 1, "10": 2, "a": 3, "9": 4}', '{"__proto__": {"a": 1}, "constructor": 2, "": 3}'])
    same(text);
});

test('numbers: plain where it is unambiguous', () => {
  equal(
    [parseJson('1'), parseJson('-0'), parseJson('0.5'), parseJson('1e20'), parseJson('9007199254740991')],
    [1, 0, 0.5, 1e20, 2 ** 53 - 1],
  );
  ok(Object.is(parseJson('-0'), 0), 'an int without a sign');
  equal(parseJson('9007199254740992'), 9007199254740992n);
  const one = parseJson('1.0');
  ok(one instanceof PyFloat && one.valueOf() === 1, 'a float');
  equal(formatJson([1e20, 2 ** 53, -0, 1n, 10n ** 20n]), '[1e+20, 9007199254740992.0, 0, 1, 100000000000000000000]');
  // What a user does with tags does not make an int of a float.
  const tags: PyObject = { ...(parseJson('{"a": 1.0, "b": 2}') as PyObject), c: 3 };
  equal(formatJson(tags), '{"a": 1.0, "b": 2, "c": 3}');
  equal(JSON.stringify(tags), '{"a":1,"b":2,"c":3}');
  equal(formatJson(structuredClone(tags)), '{"a": 1.0, "b": 2, "c": 3}');
  equal(+(tags['a'] as PyFloat) + 1, 2);
});

test('duplicate keys: the first place and the last value', () => {
  equal(formatJson(parseJson('{"a": 1, "b": 2, "a": 3}')), '{"a": 3, "b": 2}');
  equal(formatJson(parseJson('{"2": 1, "1": 2, "2": 3}')), '{"2": 3, "1": 2}');
});

test('__proto__ is a key like others', () => {
  const value = parseJson('{"__proto__": {"polluted": 1}, "a": {"__proto__": null}}') as PyObject;
  equal(Object.getPrototypeOf(value), Object.prototype);
  equal((value as { polluted?: number }).polluted, undefined);
  equal(({} as { polluted?: number }).polluted, undefined);
  equal(Object.keys(value), ['__proto__', 'a']);
  equal(formatJson(value), '{"__proto__": {"polluted": 1}, "a": {"__proto__": null}}');
});

test('the order of keys that look like indices follows changes', () => {
  const object = objectOf([
    ['2', 'a'],
    ['b', 'b'],
    ['1', 'c'],
  ]);
  equal(keysOf(object), ['2', 'b', '1']);
  equal({ ...object }, { '1': 'c', '2': 'a', b: 'b' }, 'a plain object');
  object['0'] = 'd';
  delete object['b'];
  equal(entriesOf(object), [
    ['2', 'a'],
    ['1', 'c'],
    ['0', 'd'],
  ]);
  equal(formatJson(object), '{"2": "a", "1": "c", "0": "d"}');
});

const refused: [text: string, line: number, column: number, character: number][] = [
  ['', 1, 1, 0],
  [' \n ', 2, 2, 3],
  ['{', 1, 2, 1],
  ['{"a"}', 1, 5, 4],
  ['{"a": }', 1, 7, 6],
  ['{"a": 1,}', 1, 9, 8],
  ['{"a": 1 "b"}', 1, 9, 8],
  ['[1,]', 1, 4, 3],
  ['[1 2]', 1, 4, 3],
  ['[1', 1, 3, 2],
  ['{not json', 1, 2, 1],
  ['01', 1, 2, 1],
  ['1.', 1, 2, 1],
  ['.5', 1, 1, 0],
  ['-', 1, 1, 0],
  ['+1', 1, 1, 0],
  ['nul', 1, 1, 0],
  ['-NaN', 1, 1, 0],
  ["'a'", 1, 1, 0],
  ['"a', 1, 1, 0],
  ['"a\nb"', 1, 3, 2],
  ['["\\x"]', 1, 3, 2],
  ['"\\u12g4"', 1, 3, 2],
  ['"\\u123', 1, 3, 2],
  ['"\\', 1, 1, 0],
  ['null null', 1, 6, 5],
  ['\ufeff{}', 1, 1, 0],
  ['{"\u{1f680}": 1,\n "b" 2}', 2, 6, 14],
  ['[1]\u00a0', 1, 4, 3],
];

test('what is refused, and where', async () => {
  for (const [text, line, column, character] of refused) {
    const error = await rejects(() => parseJson(text), 'InvalidArgument');
    const place = `at line ${line}, column ${column} (character ${character})`;
    ok(error.message.endsWith(place), `${JSON.stringify(text)}: ${error.message} ends in ${place}`);
  }
});

test('limits', async () => {
  const nested = (n: number): string => '['.repeat(n) + ']'.repeat(n);
  const objects = (n: number): string => '{"a": '.repeat(n) + '1' + '}'.repeat(n);
  equal(formatJson(parseJson(nested(300))), nested(300));
  equal(pythonRepr(copyValue(decodeTyped(parseJson(objects(300))))), objects(300).replaceAll('"', "'"));
  await rejects(() => parseJson(nested(302)), 'InvalidArgument');
  await rejects(() => parseJson('['.repeat(1_000_000)), 'InvalidArgument');
  await rejects(() => parseJson('{"a":'.repeat(1_000_000)), 'InvalidArgument');
  await rejects(() => parseJson('[[1]]', { maxDepth: 1 }), 'InvalidArgument');
  await rejects(() => parseJson('"aaaa"', { maxLength: 5 }), 'InvalidArgument');
  await rejects(() => parseJson('1'.repeat(4301)), 'InvalidArgument');
  const loop: PyValue[] = [];
  loop.push(loop);
  for (const use of [formatJson, pythonRepr, copyValue]) await rejects(() => use(loop), 'InvalidArgument');
  await rejects(() => formatJson(new Set<PyValue>([loop, [loop]])), 'InvalidArgument');
  await rejects(() => isMetadataHash('', { timestamp: null, tags: { loop }, labels: [] }), 'InvalidArgument');
});

test('what has no form in JSON', async () => {
  for (const value of [undefined, Symbol('a'), () => {}, new URL('http://h'), /a/, [undefined], { a: undefined }, new Error('a')])
    await rejects(() => formatJson(value as unknown as PyValue), 'InvalidArgument');
  await rejects(() => formatJson(new Map([[[1], 2]])), 'InvalidArgument');
  await rejects(() => formatJson(new Set<PyValue>([1, 'a'])), 'InvalidArgument');
  await rejects(() => formatJson(new Set<PyValue>([null, 1])), 'InvalidArgument');
  await rejects(() => formatJson(new Date(NaN)), 'InvalidArgument');
});

test('other values: maps, typed arrays, dates, sets', () => {
  equal(
    formatJson(
      new Map<PyValue, PyValue>([
        [1, 1],
        [null, 2],
        [true, 3],
        [0.5, 4],
      ]),
    ),
    '{"1": 1, "null": 2, "true": 3, "0.5": 4}',
  );
  equal(formatJson([new Uint8Array([1, 2]), new Float32Array([1, 0.5]), new BigInt64Array([1n])]), '[[1, 2], [1.0, 0.5], [1]]');
  equal(formatJson(new Date(1651687077136)), '{"_type": "datetime", "value": "2022-05-04T17:57:57.136000+00:00"}');
  equal(formatJson(new Set<PyValue>([3, 1, 2.5, true, 10n])), '{"_type": "set", "items": [1, 2.5, 3, 10]}');
  equal(
    formatJson(new Set(['\u{1f680}', '\uffff', '\ud83d', 'a'])),
    '{"_type": "set", "items": ["a", "\\ud83d", "\\uffff", "\\ud83d\\ude80"]}',
  );
});

test('typed JSON: sets and datetimes at every depth, other types as they are', async () => {
  const read = parseTypedJson('{"a": [{"_type": "set", "items": [1, {"_type": "datetime", "value": "2020-01-02"}]}], "_type": "other"}');
  equal(pythonRepr(read, { orderItems: (items) => items }), "{'a': [{1, datetime.datetime(2020, 1, 2, 0, 0)}], '_type': 'other'}");
  for (const bad of ['{"_type": "set"}', '{"_type": "set", "items": "ab"}', '{"_type": "datetime"}', '{"_type": "datetime", "value": "x"}'])
    await rejects(() => parseTypedJson(bad), 'InvalidArgument');
  equal(formatJson(new Set<PyValue>([NaN, 1, -Infinity])), '{"_type": "set", "items": [-Infinity, 1, NaN]}');
});

test('indent and sorted keys', () => {
  const value: PyValue = { b: [], a: { d: {}, c: [1, new Set()] } };
  const want =
    '{\n  "a": {\n    "c": [\n      1,\n      {\n        "_type": "set",\n        "items": []\n      }\n    ],\n' +
    '    "d": {}\n  },\n  "b": []\n}';
  equal(formatJson(value, { indent: 2, sortKeys: true }), want);
});

test('any JSON of the platform reads as the platform reads it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
      equal(JSON.parse(JSON.stringify(parseJson(text), plain)), JSON.parse(text), text);
    }),
    { seed: env().seed, numRuns: 300 },
  );
});

test('any text is either refused by both or read alike', () => {
  const piece = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', '-', '.5', 'e3', ' ', 'null', '\\', '"', '\u0001');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('');
      const mine = attempt(() => JSON.stringify(parseJson(text)));
      equal(
        mine,
        attempt(() => JSON.stringify(JSON.parse(text))),
        text,
      );
    }),
    { seed: env().seed, numRuns: 2000 },
  );
});

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return 'refused';
  }
}
