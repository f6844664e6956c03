/** The pure parts of the command: patterns, groups, sizes, durations, clashes. */
import fc from 'fast-check';
import { findClashes, foldsNames } from '../../src/cli/clash.ts';
import { expandGroups, parseGlob } from '../../src/cli/glob.ts';
import { parseDuration, parseParallel } from '../../src/cli/options.ts';
import { mapInOrder } from '../../src/cli/pool.ts';
import { extensionOf, humanSize } from '../../src/cli/sizes.ts';
import { env } from '../env.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import table from '../parity/cloudfiles/cli-parsing.json' with { type: 'json' };
import { inFolder, plant } from './cli/run-cli.ts';

interface GlobRow {
  path: string;
  'many,flat,prefix,suffix': [many: boolean, flat: boolean, prefix: string, suffix: string];
}

test('cli-parsing.json: patterns', () => {
  for (const row of table.glob as unknown as GlobRow[]) {
    const [, flat, prefix, suffix] = row['many,flat,prefix,suffix'];
    const glob = parseGlob(row.path);
    if (!row.path.includes('*')) equal(glob, undefined, row.path);
    else equal(glob, { folder: row.path.replace(/[^/]*$/, ''), prefix, suffix, flat }, row.path);
  }
});

test('cli-parsing.json: groups', () => {
  for (const [text, want] of Object.entries(table.expression_expansion)) equal(expandGroups(text), want, text);
});

test('cli-parsing.json: sizes for people', () => {
  for (const [size, want] of Object.entries(table.human_sizes)) equal(humanSize(Number(size)), want, size);
});

test('a pattern holds one star or one double star, in its last part', async () => {
  for (const text of ['a*b*', 'a***', '**x*', '*.*'])
    await rejects(
      () => parseGlob(text),
      (error: Error) => error.message.includes('pattern'),
    );
  equal(parseGlob('a*/b'), undefined);
  equal(parseGlob('https://host/a?list=*'), undefined, 'a query is no pattern');
  equal(parseGlob('https://host/a*'), { folder: 'https://host/', prefix: 'a', suffix: '', flat: true });
  equal(parseGlob('*'), { folder: '', prefix: '', suffix: '', flat: true });
});

test('expansion has as many names as the groups have combinations, all different when their characters are', () => {
  const group = fc.uniqueArray(fc.constantFrom(...'abc019XYZ'), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(group, { maxLength: 4 }), (groups) => {
      const names = expandGroups(groups.map((characters) => `/[${characters.join('')}]`).join(''));
      equal(
        names.length,
        groups.reduce((product, { length }) => product * length, 1),
      );
      equal(new Set(names).size, names.length);
      ok(names.every((name) => groups.every((characters, i) => characters.includes(name[2 * i + 1] ?? ''))));
    }),
    { seed: env().seed },
  );
});

test('durations and widths', async () => {
  equal(['500ms', '30s', '1.5m', '2h', '7d', '10'].map(parseDuration), [500, 30_000, 90_000, 7_200_000, 604_800_000, 10_000]);
  for (const text of ['', '0', '-1s', '5 minutes', 'NaN', '1e3']) await rejects(() => parseDuration(text), 'commander.invalidArgument');
  equal(parseParallel('4'), 4);
  ok(parseParallel('0') >= 1 && parseParallel('-1') === parseParallel('0'), 'all processors');
  await rejects(() => parseParallel('many'), 'commander.invalidArgument');
});

test('extensions are those of Python', () => {
  equal(['a.txt', 'a/b.tar.gz', '.bashrc', 'x', 'a.b/c', '..x', 'a.'].map(extensionOf), ['.txt', '.gz', '', '', '', '', '.']);
});

test('clashes: the same name, a file for a folder, and what a disk folds together', () => {
  const disk = { keysAsPrefixes: false, folds: false };
  equal([...findClashes(['a', 'b', 'a/b'], disk)], [[0, 'a/b']]);
  equal([...findClashes(['a', 'a/b'], { ...disk, keysAsPrefixes: true })], []);
  equal([...findClashes(['x', 'y', 'x'], disk)].sort(), [
    [0, 'x'],
    [2, 'x'],
  ]);
  equal([...findClashes(['A', 'a', 'b'], disk)], []);
  equal([...findClashes(['A', 'a', 'b'], { ...disk, folds: true }).keys()].sort(), [0, 1]);
  equal([...findClashes(['caf\u00e9', 'cafe\u0301'], { ...disk, folds: true }).keys()].sort(), [0, 1]);
  equal([...findClashes(['Dir', 'dir/x'], { ...disk, folds: true }).keys()], [0]);
});

test('what is left after the clashes can be held', () => {
  const part = fc.constantFrom('a', 'A', 'b', '\u00e9', 'e\u0301');
  const name = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  fc.assert(
    fc.property(fc.array(name, { maxLength: 12 }), fc.boolean(), (names, folds) => {
      const clashes = findClashes(names, { keysAsPrefixes: false, folds });
      const fold = (text: string): string => (folds ? text.normalize('NFC').toLowerCase() : text);
      const left = names.filter((_, i) => !clashes.has(i)).map(fold);
      equal(new Set(left).size, left.length, 'names');
      ok(!left.some((one) => left.some((other) => other.startsWith(`${one}/`))), 'no file in the place of a folder');
    }),
    { seed: env().seed },
  );
});

test('whether a disk folds names is found without writing', () =>
  inFolder(async (folder) => {
    const folds = await foldsNames(folder);
    plant(folder, { probe: '1' });
    equal(await foldsNames(folder), folds, 'the same when the folder holds something');
    equal(await foldsNames(`${folder}/not/there`), folds, 'and for a folder that will be made');
    plant(folder, { PROBE: '2' });
    const { readFileSync } = await import('node:fs');
    equal(readFileSync(`${folder}/probe`, 'utf8') === '2', folds, 'what the disk really does');
  }));

test('outcomes come in order, and no more than the width are under way', async () => {
  let running = 0;
  let most = 0;
  const work = async (n: number): Promise<number> => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, (7 * n) % 5));
    running--;
    if (n === 3) throw new RangeError('three');
    return n;
  };
  const seen: unknown[] = [];
  for await (const outcome of mapInOrder([0, 1, 2, 3, 4, 5, 6, 7], 3, work))
    seen.push('error' in outcome ? (outcome.error as Error).message : outcome.value);
  equal(seen, [0, 1, 2, 'three', 4, 5, 6, 7]);
  equal(most, 3);
});

test('with room ahead a slow item holds up no other, and the order stays', async () => {
  let underWay = 0;
  let most = 0;
  const ended: number[] = [];
  let free = (): void => {};
  const slow = new Promise<void>((resolve) => (free = resolve));
  const work = async (n: number): Promise<number> => {
    most = Math.max(most, ++underWay);
    await (n === 0 ? slow : Promise.resolve());
    underWay--;
    ended.push(n);
    // all that may be begun before the first is told
    if (n === 5) free();
    return n;
  };
  const seen: unknown[] = [];
  for await (const outcome of mapInOrder([0, 1, 2, 3, 4, 5, 6, 7], 2, work, 6)) seen.push('value' in outcome && outcome.value);
  equal(seen, [0, 1, 2, 3, 4, 5, 6, 7]);
  equal(ended.slice(0, 6), [1, 2, 3, 4, 5, 0]);
  equal(most, 2);
});

test('what a source that does not wait has given is done before its failure is told', async () => {
  function* items(): Generator<number> {
    yield 1;
    yield 2;
    throw new RangeError('source');
  }
  const seen: unknown[] = [];
  await rejects(
    (async () => {
      for await (const outcome of mapInOrder(items(), 1, async (n) => n * 10)) seen.push('value' in outcome && outcome.value);
    })(),
    (error: Error) => error.message === 'source',
  );
  equal(seen, [10, 20]);
});

test('a loop that is left begins nothing more, waits for what is under way and ends its source', async () => {
  const begun: number[] = [];
  let ended = 0;
  let left = false;
  function* items(): Generator<number> {
    try {
      for (let n = 0; ; n++) yield n;
    } finally {
      left = true;
    }
  }
  const work = async (n: number): Promise<void> => {
    begun.push(n);
    await new Promise((resolve) => setTimeout(resolve, n === 0 ? 0 : 30));
    ended++;
  };
  for await (const { item } of mapInOrder(items(), 3, work)) if (item === 0) break;
  equal([begun.length >= 3 && begun.length <= 4, ended, left], [true, begun.length, true]);
});

test('an outcome does not wait for the next item, and a source that fails is told last', async () => {
  let give = (_: number): void => {};
  async function* slow(): AsyncGenerator<number> {
    yield 1;
    yield await new Promise<number>((resolve) => (give = resolve));
    throw new RangeError('source');
  }
  const outcomes = mapInOrder(slow(), 4, async (n) => n * 10);
  equal((await outcomes.next()).value, { item: 1, value: 10 });
  give(2);
  equal((await outcomes.next()).value, { item: 2, value: 20 });
  await rejects(outcomes.next(), (error: Error) => error.message === 'source');
});
