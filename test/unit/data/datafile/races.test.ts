/** Two writers: of each round one wins, the other is told, and nothing of the loser stays. */
import type { Datafile } from '../../../../src/data/datafile/datafile.ts';
import { isCloudError } from '../../../../src/errors.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { isPage, labelsIn, storedLabels, withSetting, type Setting } from './places.ts';

const isConflict = (error: unknown): boolean => (error as Error).name === 'ConflictError' && isCloudError(error, 'PreconditionFailed');

/** Both do the same at once. @returns which one won */
async function race(tasks: readonly (() => Promise<unknown>)[]): Promise<number> {
  const ends = await Promise.allSettled(tasks.map((task) => task()));
  const winners = ends.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []));
  equal(winners.length, 1, `winners; ${ends.map((end) => (end.status === 'rejected' ? String(end.reason) : 'won')).join('; ')}`);
  for (const end of ends) if (end.status === 'rejected') ok(isConflict(end.reason), String(end.reason));
  return winners[0]!;
}

/** Changes content and metadata together; of equal size, so that only the content tells them apart. */
const change = (datafile: Datafile, who: string, round: number) => async (): Promise<void> => {
  datafile.labels = [who, `round-${round}`];
  await datafile.open('w', (file) => file.write(`${who} in round ${round}`));
};

async function rounds(
  count: number,
  setting: Setting,
  path: string,
  check: (winner: string, round: number) => Promise<void>,
): Promise<void> {
  const names = ['first', 'other'] as const;
  const won = new Set<string>();
  for (let round = 0; round < count; round++) {
    const [first, other] = await Promise.all([setting.open(path), setting.open(path)]);
    const tasks = [change(first, names[0], round), change(other, names[1], round)];
    // Each may start first.
    const winner = round % 2 ? names[await race(tasks)]! : names[1 - (await race(tasks.reverse()))]!;
    won.add(winner);
    await check(winner, round);
  }
  ok(won.size >= 1);
}

/** Pages are slow with their disks: a tenth there. */
const some = (count: number): number => (isPage() ? count / 10 : count);

const kinds = { mem: some(200), gcs: some(200), s3: some(60) };
for (const [kind, count] of Object.entries(kinds) as [keyof typeof kinds, number][]) {
  test(
    `datafile, ${kind}: of two writers one wins, ${count} times`,
    () =>
      withSetting(kind, async (setting) => {
        const { cloud, cloudText, cloudMetadata } = setting;
        await rounds(count, setting, `${cloud}/a`, async (winner, round) => {
          equal(await cloudText('a'), `${winner} in round ${round}`);
          equal(labelsIn(await cloudMetadata('a')), storedLabels(winner, `round-${round}`), 'content and metadata are of one writer');
        });
      }),
    { timeoutMs: 60_000 },
  );
}

test(
  'datafile, local: of two writers one wins, again and again',
  () =>
    withSetting('mem', async (setting) => {
      const { folder, localText, open, localNames } = setting;
      await rounds(some(100), setting, `${folder}/a`, async (winner, round) => {
        equal(await localText('a'), `${winner} in round ${round}`);
        equal([...(await open(`${folder}/a`)).labels].sort(), [winner, `round-${round}`].sort());
      });
      equal(await localNames(), ['.octue', 'a'], 'no working copy stays');
    }),
  { timeoutMs: 60_000 },
);

for (const kind of ['mem', 'gcs'] as const) {
  test(
    `datafile, ${kind}: of two writers of metadata one wins, and after a look neither change is lost`,
    () =>
      withSetting(kind, async ({ open, store, cloud }) => {
        await store.put('a', 'hello');
        for (let round = 0; round < some(20); round++) {
          const both = await Promise.all([open(`${cloud}/a`), open(`${cloud}/a`)]);
          both.forEach((datafile, i) => datafile.addLabels(`r${round}-${i}`));
          const loser = both[1 - (await race(both.map((datafile) => () => datafile.updateMetadata())))]!;
          const label = [...loser.labels].at(-1)!;
          await rejects(loser.updateMetadata(), isConflict);
          await loser.refresh();
          loser.addLabels(label);
          await loser.updateMetadata();
        }
        equal((await open(`${cloud}/a`)).labels.size, 2 * some(20));
      }),
    { timeoutMs: 60_000 },
  );
}

test(
  'datafile, local: of two writers of content alone one wins',
  () =>
    withSetting('mem', async ({ open, folder, localText }) => {
      for (let round = 0; round < some(50); round++) {
        const both = await Promise.all([open(`${folder}/a`), open(`${folder}/a`)]);
        const write = (datafile: Datafile, i: number) => (): Promise<unknown> =>
          datafile.open('w', (file) => file.write(`${i} in round ${round}`), { updateMetadata: false });
        const winner = await race(both.map(write));
        equal(await localText('a'), `${winner} in round ${round}`);
      }
    }),
  { timeoutMs: 60_000 },
);

test(
  'datafile, local: many datafiles of one folder saved at once lose no record',
  () =>
    withSetting('mem', async ({ open, folder, putLocal }) => {
      const names = Array.from({ length: 25 }, (_, i) => `f${i}`);
      for (const name of names) await putLocal(name, name);
      const datafiles = await Promise.all(names.map((name) => open(`${folder}/${name}`)));
      for (let round = 0; round < 3; round++) {
        await Promise.all(
          datafiles.map(async (datafile) => {
            datafile.addLabels(`r${round}`);
            await datafile.updateMetadata();
          }),
        );
      }
      for (const name of names) equal([...(await open(`${folder}/${name}`)).labels], ['r0', 'r1', 'r2'], name);
    }),
  { timeoutMs: 60_000 },
);

test('datafile, local: after a conflict a look and another try: neither change is lost', () =>
  withSetting('mem', async ({ open, putLocal, localText, folder }) => {
    const path = await putLocal('a', 'old\n');
    const [mine, theirs] = [await open(path), await open(path)];
    const add = (datafile: Datafile, who: string) => async (): Promise<void> => {
      datafile.addLabels(who);
      await datafile.open('a', (file) => file.write(`${who}\n`));
    };
    await add(theirs, 'theirs')();
    const metadataOnly = mine.metadataHashValue();
    await rejects(add(mine, 'mine')(), isConflict);
    equal([await localText('a'), [...(await open(path)).labels]], ['old\ntheirs\n', ['theirs']]);
    await mine.refresh();
    ok(mine.metadataHashValue() !== metadataOnly, 'their metadata are taken over');
    await add(mine, 'mine')();
    equal([await localText('a'), [...(await open(`${folder}/a`)).labels].sort()], ['old\ntheirs\nmine\n', ['mine', 'theirs']]);
  }));

for (const kind of ['mem', 'gcs', 's3'] as const) {
  test(`datafile, ${kind}: two handles of one datafile are two writers`, () =>
    withSetting(kind, async ({ open, cloud, cloudText }) => {
      for (const mode of ['a', 'r+', 'w', 'x'] as const) {
        const path = `${cloud}/log-${mode.replace('+', 'p')}`;
        if (mode !== 'x') await (await open(path)).open('w', (file) => file.write('0'));
        const datafile = await open(path);
        const handles = [await datafile.open(mode), await datafile.open(mode)];
        for (const [i, handle] of handles.entries()) await handle.write(`${i + 1}`);
        const winner = await race(handles.map((handle) => () => handle.close()));
        const text = await cloudText(path.slice(cloud.length + 1));
        equal(text, { a: `0${winner + 1}`, 'r+': `${winner + 1}`, w: `${winner + 1}`, x: `${winner + 1}` }[mode], mode);
        // who is told opens it anew
        await datafile.open('a', (file) => file.write('+'));
        equal(await cloudText(path.slice(cloud.length + 1)), `${text}+`, mode);
      }
      // a change of metadata alone is nobody else's content
      const datafile = await open(`${cloud}/tagged`);
      await datafile.open('w', (file) => file.write('1'));
      const handle = await datafile.open('a');
      await handle.write('2');
      datafile.labels = ['tagged'];
      await datafile.updateMetadata();
      await handle.close();
      equal(await cloudText('tagged'), '12');
    }));
}

test('datafile: what is refused since metadata or content changed meanwhile is kept, and told where', () =>
  withSetting('mem', async ({ open, folder }) => {
    for (const what of ['metadata', 'content'] as const) {
      const path = `${folder}/hour-${what}`;
      await (await open(path)).open('w', (file) => file.write('old'));
      const [other, datafile] = [await open(path), await open(path)];
      const handle = await datafile.open('w');
      await handle.write('an hour of work');
      other.labels = ['other'];
      if (what === 'metadata') await other.updateMetadata();
      else await other.open('w', (file) => file.write('new'));
      const error = await handle.close().then(
        () => undefined,
        (failure: unknown) => failure,
      );
      ok(isConflict(error) && isCloudError(error), String(error));
      const kept = await open(error.key!);
      equal(await kept.open('r', (file) => file.read()), 'an hour of work', what);
      equal(await (await open(path)).open('r', (file) => file.read()), what === 'metadata' ? 'old' : 'new');
    }
  }));

test('datafile: what came to a path meanwhile is not replaced', () =>
  withSetting('mem', async ({ open, cloud, folder, putLocal, store }) => {
    await store.put('a', 'of the cloud');
    const locals = [await open(await putLocal('one', '1')), await open(await putLocal('two', '2'))];
    const fetched = [await open(`${cloud}/a`), await open(`${cloud}/a`)];
    for (const [name, pair] of Object.entries({ locals, fetched })) {
      const path = `${folder}/target-${name}`;
      const ends = await Promise.allSettled(pair.map((datafile) => datafile.setLocalPath(path)));
      equal(ends.filter(({ status }) => status === 'fulfilled').length, 1, name);
      for (const end of ends) if (end.status === 'rejected') equal((end.reason as Error).name, 'FileExistsError');
    }
  }));
