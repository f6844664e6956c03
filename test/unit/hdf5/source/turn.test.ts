/** Giving the thread away, however many wait for their turn. */
import { nextTurn, overdue } from '../../../../src/hdf5/source/turn.ts';
import { ok, test } from '../../../harness.ts';

function holdThread(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** How often others have their turn meanwhile. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const counts = (async () => {
    for (; !isOver; turns++) await nextTurn();
  })();
  await work;
  isOver = true;
  await counts;
  return turns;
}

const many = (count: number, act: () => Promise<void>): Promise<unknown> => Promise.all(Array.from({ length: count }, act));

test('of many who wait together each gives the thread away when it is held for long', async () => {
  const turns = await turnsDuring(
    many(100, async () => {
      for (let rest = overdue(); rest; rest = overdue()) await rest;
      holdThread(4);
    }),
  );
  // 400 ms in slices of some 12 ms
  ok(turns >= 10, `others had ${turns} turns, which is at least 10`);
});

test('of many who wait together, and begin to work only some steps after that, not all work in one turn', async () => {
  holdThread(20);
  const turns = await turnsDuring(
    many(100, async () => {
      for (let rest = overdue(); rest; rest = overdue()) await rest;
      for (let step = 0; step < 3; step++) await Promise.resolve();
      holdThread(4);
    }),
  );
  // as above, and some who had begun
  ok(turns >= 10, `others had ${turns} turns, which is at least 10`);
});
