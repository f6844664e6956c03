/** Giving the thread away, however many wait for their turn. */
import { nextTurn, overdue } from '../../../../src/hdf5/source/turn.ts';
import { ok, test } from '../../../harness.ts';

function holdThread(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('of many who wait together each gives the thread away when it is held for long', async () => {
  let turns = 0;
  let isOver = false;
  const counts = (async () => {
    for (; !isOver; turns++) await nextTurn();
  })();
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      for (let rest = overdue(); rest; rest = overdue()) await rest;
      holdThread(4);
    }),
  );
  isOver = true;
  await counts;
  // 400 ms in slices of some 12 ms
  ok(turns >= 10, `others had ${turns} turns, which is at least 10`);
});
