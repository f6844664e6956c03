// CSV in pieces: whatever the cuts, what comes out is what a plain reading of the whole text gives.
import fc from 'fast-check';
import { CsvParser, type Separator } from '../../../src/demo/views/csv-parser.ts';
import { CsvRows } from '../../../src/demo/views/csv-rows.ts';
import { objectSource } from '../../../src/demo/views/file-source.ts';
import { openStore } from '../../../src/index.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

/** One field at a time by a pattern, and one record by its ends: slow, and plain. */
function plainly(text: string, separator: Separator): string[][] {
  const field = new RegExp(`(?:"((?:[^"]|"")*)("|$))?([^${separator}\\r\\n]*)`, 'y');
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    field.lastIndex = at;
    const [all, quoted, , bare] = field.exec(text)!;
    row.push((quoted ?? '').replaceAll('""', '"') + bare);
    at += all.length;
    const isCut = at >= text.length;
    if (!isCut && text[at] === separator) {
      at++;
      if (at < text.length) continue;
      row.push('');
    }
    rows.push(row);
    row = [];
    if (!isCut && at < text.length) at += text.startsWith('\r\n', at) ? 2 : 1;
  }
  return rows;
}

const texts = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', '"', ',', ';', '\t', '\r', '\n', ' '), maxLength: 40 });

test('any text, cut anywhere between its bytes, is parsed like the whole', () => {
  const property = fc.property(texts, fc.array(fc.nat(120), { maxLength: 8 }), fc.constantFrom(',', ';', '\t'), (text, cuts, separator) => {
    const bytes = new TextEncoder().encode(text);
    const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
    const decoder = new TextDecoder();
    const parser = new CsvParser(separator);
    const rows: string[][] = [];
    for (const [i, place] of places.slice(1).entries())
      rows.push(...parser.push(decoder.decode(bytes.subarray(places[i], place), { stream: true })));
    rows.push(...parser.push(decoder.decode()), ...parser.end());
    equal(rows, plainly(text, separator));
  });
  fc.assert(property, { seed: env().seed, numRuns: 400 });
});

test('records of several lines, doubled quotes and line ends of each kind by hand', () => {
  const parser = new CsvParser(',');
  equal(parser.push('a,"b'), []);
  equal(parser.pending, 2);
  equal(parser.push('\r\nc""'), []);
  equal(parser.push('"\r'), [['a', 'b\r\nc"']]);
  equal(parser.push('\n1,'), []);
  equal(parser.push('2\r3'), [['1', '2']]);
  equal(parser.end(), [['3']]);
  equal(parser.end(), []);
});

const big = (rows: number, line: (i: number) => string): string => `id,text\n${Array.from({ length: rows }, (_, i) => line(i)).join('')}`;

test('a file is read in windows, as far as its rows are wanted', async () => {
  const store = openStore('mem://csv-windows');
  const text = big(30_000, (i) => `${i},"Zürich, ${i}"\r\n`);
  await store.put('a.csv', text);
  const { sizeBytes } = (await store.head('a.csv'))!;
  const source = objectSource(store, { key: 'a.csv', sizeBytes, etag: undefined });
  const csv = new CsvRows(source);
  const { signal } = new AbortController();
  await csv.more(signal);
  equal(csv.head, ['id', 'text']);
  equal(source.used, { ranges: 1, bytes: 262_144 });
  ok(csv.rows.length > 5000 && csv.rows.length < 15_000 && !csv.done, `a part of the rows, ${csv.rows.length}`);
  while (!csv.done) await csv.more(signal);
  equal(csv.rows.length, 30_000);
  ok(
    csv.rows.every(([id, place], i) => id === String(i) && place === `Zürich, ${i}`),
    'each row',
  );
  equal(source.used.bytes, sizeBytes);
});

test('texts of other encodings, without an end, too long, empty, or none', async () => {
  const store = openStore('mem://csv-odd');
  const { signal } = new AbortController();
  const read = async (content: Uint8Array | string): Promise<CsvRows> => {
    await store.put('x', content);
    const { sizeBytes } = (await store.head('x'))!;
    const csv = new CsvRows(objectSource(store, { key: 'x', sizeBytes, etag: undefined }));
    while (!csv.done && !csv.isFull) await csv.more(signal);
    return csv;
  };
  equal((await read(Uint8Array.of(0x61, 0x0a, 0xe9))).rows, [['é']], 'Latin 1');
  const wide = (text: string): Uint8Array => new Uint8Array(Uint16Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
  equal((await read(wide('\ufeffa;b\n1;ü\n'))).rows, [['1', 'ü']], 'UTF-16');
  equal((await read('')).head, []);
  equal((await read('a,b')).head, ['a', 'b']);
  equal((await read(big(210_000, (i) => `${i},x\n`))).rows.length, 200_000, 'no more than a page should hold');
  await rejects(read(Uint8Array.of(0x1f, 0x8b, 8, 0)), 'NotSupported');
  await rejects(read(`a\n"${'x'.repeat(9_000_000)}`), 'InvalidArgument');
});
