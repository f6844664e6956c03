/** anyfile h5: what is in a file, its attributes and its values, as text, JSON and CSV. */
import { join } from 'node:path';
import { equal, ok, test } from '../harness.ts';
import { frontBytes } from './cli/front-file.ts';
import { cli, inFolder, plant, type CliResult } from './cli/run-cli.ts';

type H5 = (...argv: string[]) => Promise<CliResult>;

/** The command on the file, in a folder of its own: the name of the subcommand, then what follows the file. */
const withFile = (use: (h5: H5, file: string) => Promise<void>): Promise<void> =>
  inFolder(async (root) => {
    plant(root, { 'front.h5': frontBytes() });
    const file = join(root, 'front.h5');
    await use((name, ...rest) => cli(['h5', name, file, ...rest]), file);
  });

const json = (lines: readonly string[]): Record<string, unknown>[] => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

test('h5 ls: names with kind, type, shape, chunks and filters, in columns', () =>
  withFile(async (h5) => {
    const all = await h5('ls');
    equal([all.status, all.stderr], [0, '']);
    const columns = all.lines.map((line) => line.split(/ {2,}/));
    const of = (name: string): string[] | undefined => columns.find(([first]) => first === name)?.slice(1);
    equal(of('grid'), ['dataset', '<f4', '(20, 30)', 'chunks (8, 10)', 'shuffle, deflate 4']);
    equal(of('growing'), ['dataset', '<f4', '(5 of any)', 'chunks (4)']);
    equal(of('packed'), ['dataset', '|u1', '(64)', 'chunks (64)', 'lzf']);
    equal(
      [of('one'), of('empty'), of('table')],
      [
        ['dataset', '<f8', '()'],
        ['dataset', '<i4', 'empty'],
        ['dataset', 'compound', '(3)'],
      ],
    );
    equal([of('deep/'), of('named')], [['group'], ['datatype', '<f8']]);
    equal(
      [of('gone'), of('outside')],
      [
        ['link', '-> /nowhere'],
        ['link', '-> elsewhere.h5:/x'],
      ],
    );
    equal((await h5('ls', 'deep/er')).lines, ['est/  group']);
    equal((await h5('ls', '/cube')).lines, ['/cube  dataset  >i2  (4, 5, 6)']);
    const [growing] = json((await h5('ls', '/growing', '--json')).lines);
    equal(growing, { path: '/growing', kind: 'dataset', dtype: '<f4', shape: [5], maxShape: [null], chunks: [4], filters: [] });
    const filters = json((await h5('ls', '--json')).lines).find(({ path }) => path === '/grid')?.['filters'];
    equal(filters, [
      { id: 2, name: 'shuffle', values: [4] },
      { id: 1, name: 'deflate', values: [4] },
    ]);
  }));

test('h5 tree: everything below, indented, to the depth that is asked for', () =>
  withFile(async (h5) => {
    const { lines, status } = await h5('tree');
    equal([status, lines[0]], [0, '/']);
    const deep = ['  deep/', '    er/', '      est/', '        leaf  <i4  ()'];
    const at = lines.indexOf(deep[0]!);
    equal(lines.slice(at, at + 4), deep);
    ok(lines.includes('  outside  -> elsewhere.h5:/x'));
    equal((await h5('tree', '-L', '1')).lines.slice(at, at + 2), ['  deep/', '  empty  <i4  empty']);
    equal((await h5('tree', '/deep', '-L', '2')).lines, ['/deep/', '  er/', '    est/']);
    equal(
      json((await h5('tree', '/deep', '--json')).lines).map(({ path }) => path),
      ['/deep', '/deep/er', '/deep/er/est', '/deep/er/est/leaf'],
    );
    equal((await h5('tree', '/one')).lines, ['/one  <f8  ()']);
  }));

test('h5 attrs: names and values, whole numbers and what is no number said exactly, references by the name of what they lead to', () =>
  withFile(async (h5) => {
    const { lines } = await h5('attrs');
    equal(
      [...lines].sort(),
      [
        'count = 3',
        'good = true',
        'large = 1152921504606846977',
        'limits = [0.5, NaN, Infinity]',
        'nothing = none',
        String.raw`people = ["Ada", "Grace \"Amazing\""]`,
        'scale = 0.1',
        'title = Front',
      ].sort(),
    );
    equal((await h5('attrs', '/grid')).lines.sort(), ['source = /grid', 'units = m']);
    const records = Object.fromEntries(json((await h5('attrs', '--json')).lines).map(({ name, value }) => [name, value]));
    equal(records, {
      count: 3,
      good: true,
      large: '1152921504606846977',
      limits: [0.5, 'NaN', 'Infinity'],
      nothing: null,
      people: ['Ada', 'Grace "Amazing"'],
      scale: 0.1,
      title: 'Front',
    });
    const all = await h5('attrs', '-r', '--csv');
    equal(all.lines[0], 'path,name,value');
    ok(all.lines.includes(String.raw`/,people,"[""Ada"",""Grace \""Amazing\""""]"`), all.stdout);
    ok(all.lines.includes('/deep/er/est/leaf,depth,4') && all.lines.includes('/grid,units,m'), all.stdout);
    equal((await h5('attrs', '-r', '/deep')).lines, ['/deep/er/est/leaf  depth = 4']);
  }));

/** What dump prints of datasets of one axis: as text, as JSON and as CSV. */
const printed: Record<string, [text: string, json: unknown[], csv?: string]> = {
  special: ['NaN\nInfinity\n-Infinity\n-0\n1e+300\n0.1\n', ['NaN', 'Infinity', '-Infinity', -0, 1e300, 0.1]],
  counts: ['1\n9007199254740992\n-1152921504606846976\n', [1, '9007199254740992', '-1152921504606846976']],
  growing: ['0\n0.25\n0.5\n0.75\n1\n', [0, 0.25, 0.5, 0.75, 1]],
  names: [
    'plain\nwith,comma\nwith "quotes"\n"two\\nlines"\nä€\n\n',
    ['plain', 'with,comma', 'with "quotes"', 'two\nlines', 'ä€', ''],
    'plain\n"with,comma"\n"with ""quotes"""\n"two\nlines"\nä€\n""\n',
  ],
  flags: ['true\nfalse\n', [true, false]],
  colours: ['GREEN\nRED\n7\n', ['GREEN', 'RED', 7]],
  waves: [
    '1+2j\n-0.5-1j\n',
    [
      [1, 2],
      [-0.5, -1],
    ],
  ],
  raw: ['00ff\n6162\n', ['00ff', '6162']],
  refs: ['/grid\nnone\n', ['/grid', null], '/grid\n""\n'],
  ragged: ['[1, 2, 3]\n[]\n[-7]\n', [[1, 2, 3], [], [-7]], '"[1,2,3]"\n[]\n[-7]\n'],
};

for (const [name, [text, values, csv = text]] of Object.entries(printed))
  test(`h5 dump: ${name} as text, JSON and CSV`, () =>
    withFile(async (h5) => {
      equal((await h5('dump', name)).stdout, text);
      equal((await h5('dump', name, '--csv')).stdout, csv);
      equal(
        json((await h5('dump', name, '--json')).lines),
        values.map((value, i) => ({ index: [i], value })),
      );
    }));

test('h5 dump: a single value and none', () =>
  withFile(async (h5) => {
    equal([(await h5('dump', 'one')).stdout, (await h5('dump', 'one', '--json')).stdout], ['4.5\n', '{"value":4.5}\n']);
    equal([(await h5('dump', 'empty')).stdout, (await h5('dump', 'empty', '--json')).stdout], ['', '{"value":null}\n']);
    equal((await h5('dump', 'grid', '--slice', '3:3')).stdout, '');
  }));

test('h5 dump: compounds are columns, those in them too', () =>
  withFile(async (h5) => {
    const names = ['time', 'name', 'n', 'pair', 'range.low', 'range.high'];
    const rows = ['0.5,first,1,"[1,2]",0,1', '1.5,"a,b",-2,"[3,4]",-1,0.25', 'NaN,,3,"[5,6]",2,3'];
    equal((await h5('dump', 'table', '--csv')).lines, [names.join(','), ...rows]);
    equal((await h5('dump', 'table', '--slice', '1', '--csv')).lines, [names.join(','), rows[1]!]);
    equal((await h5('dump', 'table', '--slice', ':1')).lines, [`# ${names.join('\t')}`, '0.5\tfirst\t1\t[1, 2]\t0\t1']);
    const last = json((await h5('dump', 'table', '--json', '--slice', '-1:')).lines);
    equal(last, [{ index: [2], value: { time: 'NaN', name: '', n: 3, pair: [5, 6], range: { low: 2, high: 3 } } }]);
    equal((await h5('head', '-n', '2', 'table')).lines, [
      '# time  name    n  pair    range.low  range.high',
      '   0.5  first   1  [1, 2]          0           1',
      '   1.5  a,b    -2  [3, 4]         -1        0.25',
    ]);
  }));

test('h5 dump: slices as in Python; more than two axes plane by plane', () =>
  withFile(async (h5) => {
    equal((await h5('dump', 'grid', '--slice', '18:,-3:')).stdout, '1827\t1828\t1829\n1927\t1928\t1929\n');
    equal((await h5('dump', 'grid', '--slice', '::9, 1')).stdout, '1\n901\n1801\n');
    equal((await h5('dump', 'grid', '--slice', '-1,-1')).stdout, '1929\n');
    equal((await h5('dump', 'grid', '--slice', '...,0:2', '--csv')).lines.slice(0, 2), ['0,1', '100,101']);
    equal((await h5('dump', 'cube', '--slice', '1:3,::4,:2')).stdout, '# 1,:,:\n30\t31\n54\t55\n\n# 2,:,:\n60\t61\n84\t85\n');
    const records = json((await h5('dump', 'cube', '--json', '--slice', '1:,2,::5')).lines);
    equal(records, [
      { index: [1, 2, 0], values: [42, 47] },
      { index: [2, 2, 0], values: [72, 77] },
      { index: [3, 2, 0], values: [102, 107] },
    ]);
  }));

test('h5 head: the first rows, ten unless said, through planes, of a slice', () =>
  withFile(async (h5) => {
    equal(
      (await h5('head', 'grid', '--slice', ':,0')).lines,
      ['0', '100', '200', '300', '400', '500', '600', '700', '800', '900'].map((n) => n.padStart(3)),
    );
    equal((await h5('head', '-n', '6', 'cube', '--slice', ':,:,0')).lines, [
      ' 0   6   12   18   24',
      '30  36   42   48   54',
      '60  66   72   78   84',
      '90  96  102  108  114',
    ]);
    const rows = (await h5('head', '-n', '6', 'cube', '--json')).lines;
    equal(
      json(rows).map(({ index }) => index),
      [0, 1, 2, 3, 4].map((i) => [0, i, 0]).concat([[1, 0, 0]]),
    );
  }));

test('h5: what cannot be done is told: status 1 for what is wrong with a file, 2 for the command line', () =>
  withFile(async (h5, file) => {
    const failing: [argv: string[], status: number, says: string][] = [
      [['dump', 'none'], 1, `anyfile h5 dump: ${file} none: none is not in the file`],
      [['dump', 'deep'], 1, `anyfile h5 dump: ${file} deep: is a group, no dataset`],
      [['dump', 'gone'], 1, `anyfile h5 dump: ${file} gone: leads nowhere: /nowhere`],
      [['ls', 'none'], 1, `anyfile h5 ls: ${file} none: /none is not in the file`],
      [['dump', 'grid', '--slice', '0,0,0'], 2, 'anyfile h5 dump: the slice is for 3 axes, and the dataset has 2 axes'],
      [['dump', 'grid', '--slice', '20'], 2, 'anyfile h5 dump: index 20 is outside of axis 0, which has 20'],
      [['dump', 'one', '--slice', '0'], 2, 'anyfile h5 dump: the slice is for axes, and the dataset has none'],
    ];
    for (const [argv, status, says] of failing) {
      const got = await h5(...argv);
      equal([got.status, got.stdout, got.errors[0]], [status, '', says], argv.join(' '));
    }
    for (const slice of ['5:0:-1', 'a', '1:2:3:4', '...,...', '::0', '0:99999999999999999999', ''])
      equal((await h5('dump', 'grid', '--slice', slice)).status, 2, slice);
    ok((await h5('dump', 'cube', '--csv')).errors[0]?.endsWith('as in --slice 0,:,:'));
    equal((await h5('dump')).status, 2, 'no path');
    for (const name of ['dump', 'attrs']) equal((await h5(name, 'grid', '--csv', '--json')).status, 2, `${name} as both`);
  }));

test('h5: files that are none of HDF5, are not there, are folders', () =>
  inFolder(async (root) => {
    plant(root, { 'a.h5': 'no such file format', 'empty.h5': '', 'sub/x': '' });
    const errorOf = async (name: string): Promise<unknown[]> => {
      const { status, errors } = await cli(['h5', 'ls', join(root, name)]);
      return [status, errors[0]?.replace(`anyfile h5 ls: ${root}/${name}: `, '')];
    };
    equal(await errorOf('a.h5'), [1, 'Not an HDF5 file: its signature was not found [InvalidFile]']);
    equal((await errorOf('empty.h5'))[0], 1);
    equal(await errorOf('none.h5'), [1, 'does not exist']);
    equal(await errorOf('sub'), [1, 'is a directory']);
    equal((await errorOf('sub/'))[0], 1);
  }));

test('h5 ls, tree and attrs: what is damaged is told, the rest is listed', () =>
  inFolder(async (root) => {
    const bytes = frontBytes();
    // the header of an object, which is protected by a checksum
    const headers = [...new TextDecoder('latin1').decode(bytes).matchAll(/OHDR/g)].map(({ index }) => index);
    bytes[headers.at(-6)! + 8]! ^= 0xff;
    plant(root, { 'front.h5': bytes });
    const file = join(root, 'front.h5');
    for (const argv of [['ls'], ['tree'], ['attrs', '-r']]) {
      const { status, lines, errors } = await cli(['h5', argv[0]!, file, ...argv.slice(1)]);
      equal([status, errors.length, errors.at(-1)], [1, 2, `anyfile h5 ${argv[0]}: 1 done, 1 failed`]);
      ok(errors[0]?.startsWith(`anyfile h5 ${argv[0]}: ${file} /table: `) && errors[0].endsWith('[InvalidFile]'), errors[0]);
      if (argv[0] === 'attrs') ok(lines.includes('/grid  units = m'), lines.join());
      else ok(lines.length >= 20 && lines.filter((line) => line.endsWith('unreadable')).length === 1, lines.join());
    }
  }));

test('h5: a filter that is not built in is named, and how to give it', () =>
  withFile(async (h5, file) => {
    const { status, errors } = await h5('dump', 'packed');
    const says = `anyfile h5 dump: ${file} packed: it is packed by filter 32000 (lzf), which is not built in: name a folder with its plugin by --plugins [NotSupported]`;
    equal([status, errors[0]], [1, says]);
  }));

test('h5 --verbose: requests, rounds and bytes on stderr', () =>
  withFile(async (h5, file) => {
    const text = await h5('dump', 'one', '-v');
    equal([text.status, text.stdout], [0, '4.5\n']);
    ok(/^anyfile h5 dump: 1 request in 1 round, [\d,]+ of [\d,]+ bytes \(100 %\)\n$/.test(text.stderr), text.stderr);
    const record = JSON.parse((await h5('dump', 'one', '-v', '--json')).stderr) as { stats: Record<string, number> };
    equal([record.stats['requests'], record.stats['bytesFetched']], [1, frontBytes().length]);
    equal({ ...record, stats: 0 }, { operation: 'h5 dump', path: file, stats: 0 });
  }));
