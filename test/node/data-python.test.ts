/** Metadata against a real Python: its json, its repr, its datetime, its table of printable characters. One process answers all. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parseDateTime } from '../../src/data/date-time-parse.ts';
import { PyDateTime } from '../../src/data/date-time.ts';
import { parseJson } from '../../src/data/json-read.ts';
import { formatJson } from '../../src/data/json-write.ts';
import type { LabelSet } from '../../src/data/label.ts';
import { metadataHash, metadataPreimage, type HashedDatafile } from '../../src/data/metadata-hash.ts';
import { isPrintable } from '../../src/data/printable.ts';
import { pyFloat } from '../../src/data/py-float.ts';
import { pythonRepr } from '../../src/data/python-repr.ts';
import { readDatafileRecord } from '../../src/data/record.ts';
import { fromPosix, posixSeconds } from '../../src/data/time-zone.ts';
import { decodeTyped } from '../../src/data/typed-json.ts';
import type { PyObject } from '../../src/data/value.ts';
import { toHex } from '../../src/util/base64.ts';
import { env } from '../env.ts';
import { equal, ok, skip, test } from '../harness.ts';
import { metadataWith } from './random-metadata.ts';

interface Answer {
  given: string;
  text: string;
  indented: string;
  repr: string;
  hash: string;
}

interface Answers {
  unicode: string;
  version: [number, number];
  answers: Answer[];
  made: Answer[];
  refusals: ([number, number, number] | null)[];
  floats: [json: string, repr: string][];
  printable: number[];
  clocks: { naive: string[]; posix: [number, number][] }[];
}

const { seed } = env();
const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number): T[] => fc.sample(arbitrary, { seed, numRuns: count });

const records = metadataWith(fc.integer({ min: -86_399, max: 86_399 }));

const jsonPieces = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"a"',
  '1',
  '-',
  '.5',
  'e3',
  '0',
  ' ',
  '\n',
  'null',
  'NaN',
  '-Infinity',
  '\\',
  '"',
  '\\u00',
  '\u00e9',
];
const malformed = fc.oneof(
  fc.array(fc.constantFrom(...jsonPieces), { maxLength: 9 }).map((pieces) => pieces.join('')),
  fc.tuple(fc.json({ maxDepth: 2 }), fc.nat(), fc.constantFrom(...jsonPieces, '')).map(([whole, at, piece]) => {
    const place = at % (whole.length + 1);
    return whole.slice(0, place) + piece + whole.slice(place + 1);
  }),
);

const zones = ['UTC', 'America/New_York', 'Europe/London', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia'];
/** Times around the changes of clocks are among them: whole half hours of 2011 and 2022. */
const seconds = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  fc.double({ min: 0, max: 2 ** 31, noNaN: true }),
  fc.nat(17_520).map((halfHour) => 1293840000 + halfHour * 1800),
  fc.nat(17_520).map((halfHour) => 1640995200 + halfHour * 1800),
);

function question() {
  const metadata = sample(records, 2000);
  const floats = sample(fc.oneof(fc.double(), fc.integer().map(Number)), 5000);
  const clocks = zones.map((zone) => {
    const instants = sample(seconds, 400);
    return { zone, seconds: instants, naive: instants.map((each) => fromPosix(each, { timeZone: zone }).toString()) };
  });
  return { metadata, floats, clocks, malformed: sample(malformed, 4000) };
}

let asked: { given: ReturnType<typeof question>; python: Answers } | undefined;

function ask(): NonNullable<typeof asked> {
  if (asked) return asked;
  let root = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(root, 'package-lock.json'))) root = dirname(root);
  const given = question();
  const hex = (number: number): string => toHex(new Uint8Array(Float64Array.of(number).buffer));
  const input = JSON.stringify({
    seed,
    make: 2000,
    texts: given.metadata.map(textOf),
    malformed: given.malformed,
    floats: given.floats.map(hex),
    clocks: given.clocks,
  });
  const { status, stdout, stderr, error } = spawnSync('python3', [join(root, 'test', 'node', 'data-oracle.py')], {
    input,
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  if ((error as { code?: string } | undefined)?.code === 'ENOENT') skip('no python3');
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${stderr.slice(-800)} ${String(error ?? '')}`);
  asked = { given, python: JSON.parse(stdout) as Answers };
  return asked;
}

const textOf = ({ timestamp, tags, labels }: HashedDatafile): string => formatJson({ timestamp, tags, labels: labels as LabelSet });

test(
  '2,000 random metadata sets, written here: Python writes and hashes the same',
  () => {
    const { given, python } = ask();
    equal(python.answers.length, 2000);
    given.metadata.forEach((metadata, i) => {
      const answer = python.answers[i]!;
      equal(answer.text, textOf(metadata));
      equal(answer.indented, formatJson({ ...metadata, labels: metadata.labels as LabelSet }, { indent: 4 }));
      if (!oldUnicode(python)) return;
      equal(metadataPreimage(metadata), answer.repr);
      equal(metadataHash(metadata), answer.hash);
    });
  },
  { timeoutMs: 60_000 },
);

test(
  '2,000 random metadata sets, written by Python: read, written again and hashed the same',
  () => {
    const { python } = ask();
    equal(python.made.length, 2000);
    for (const { given, text: again, repr, hash } of python.made) {
      const raw = parseJson(given);
      equal(formatJson(raw), given, 'undecoded');
      equal(formatJson(decodeTyped(raw)), again, 'decoded');
      if (!oldUnicode(python)) continue;
      const { timestamp = null, tags = {}, labels = [] } = readDatafileRecord(raw as PyObject);
      equal(metadataPreimage({ timestamp, tags, labels }), repr);
      equal(metadataHash({ timestamp, tags, labels }), hash);
    }
  },
  { timeoutMs: 60_000 },
);

test('4,000 texts: refused by both at the same place, or by neither', () => {
  const { given, python } = ask();
  let refused = 0;
  given.malformed.forEach((each, i) => {
    const want = python.refusals[i];
    let got: string | null = null;
    try {
      parseJson(each);
    } catch (error) {
      got = (error as Error).message;
    }
    if (want) {
      refused++;
      // 3.13 points at the comma before, not after, a missing item.
      const [line, column, character] = want;
      const place = `at line ${line}, column ${column} (character ${character})`;
      if (python.version[1] < 13) ok(got?.endsWith(place), `${JSON.stringify(each)}: ${got}, where Python says ${place}`);
      else ok(got, `an error in ${JSON.stringify(each)}`);
    } else equal(got, null, JSON.stringify(each));
  });
  ok(refused > 500 && refused < 4000, `${refused} were refused`);
});

test('5,000 floats: the same text in JSON and in repr', () => {
  const { given, python } = ask();
  given.floats.forEach((number, i) => {
    const [json, repr] = python.floats[i]!;
    equal(formatJson(pyFloat(number)), json);
    equal(pythonRepr(pyFloat(number)), repr);
  });
});

test('the table of printable characters is that of Unicode 14.0', () => {
  const { python } = ask();
  if (!oldUnicode(python)) skip(`this Python has Unicode ${python.unicode}`);
  const changes: number[] = [];
  let before = true;
  for (let code = 0x80; code < 0x110000; code++) {
    if (isPrintable(code) === before) continue;
    before = !before;
    changes.push(code);
  }
  equal(changes, python.printable);
});

test('clocks of six zones: naive times and seconds since 1970, both ways', () => {
  const { given, python } = ask();
  given.clocks.forEach(({ zone: timeZone, seconds: instants, naive }, i) => {
    const want = python.clocks[i]!;
    instants.forEach((instant, j) => {
      equal(fromPosix(instant, { timeZone }).toString(), want.naive[j], `${instant} in ${timeZone}`);
      const time = parseDateTime(naive[j]!);
      const both = ([0, 1] as const).map((fold) => posixSeconds(new PyDateTime({ ...time, fold }), { timeZone }));
      equal(both, want.posix[j], `${naive[j]} in ${timeZone}`);
    });
  });
});

const oldUnicode = ({ unicode }: Answers): boolean => unicode === '14.0.0';
