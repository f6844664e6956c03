import { createTurnReads } from '../../../src/adapters/turn-reads.ts';
import type { ByteSpan } from '../../../src/cache/blocks/layout.ts';
import { throwIfAborted } from '../../../src/util/abort.ts';
import { equal, rejects, test } from '../../harness.ts';

/** Answers each range with its own places, and notes which were asked for by one call. */
function recorder(): { calls: ByteSpan[][]; read: ReturnType<typeof createTurnReads> } {
  const calls: ByteSpan[][] = [];
  const read = createTurnReads({
    async read(spans, { signal } = {}) {
      throwIfAborted(signal);
      calls.push([...spans]);
      await Promise.resolve();
      throwIfAborted(signal);
      return spans.map(({ start, end }) => Uint8Array.of(start, end));
    },
  });
  return { calls, read };
}

test('reads of one turn are one call', async () => {
  const { calls, read } = recorder();
  const spans = [1, 2, 3].map((start) => ({ start, end: start + 1 }));
  equal(
    await Promise.all(spans.map((span) => read([span]))),
    spans.map(({ start, end }) => [Uint8Array.of(start, end)]),
  );
  equal(calls, [spans]);
});

test('whoever comes after all others of a turn have aborted has a turn of his own', async () => {
  const { calls, read } = recorder();
  const reason = new Error('enough');
  const controllers = [new AbortController(), new AbortController()];
  const left = controllers.map(({ signal }) => rejects(read([{ start: 1, end: 2 }], signal), (error) => error === reason));
  for (const controller of controllers) controller.abort(reason);
  const late = read([{ start: 3, end: 4 }]);
  const later = read([{ start: 5, end: 6 }]);
  equal(await Promise.all([late, later]), [[Uint8Array.of(3, 4)], [Uint8Array.of(5, 6)]]);
  await Promise.all(left);
  equal(calls.at(-1), [
    { start: 3, end: 4 },
    { start: 5, end: 6 },
  ]);
});

test('a turn that was left does not take the next one away', async () => {
  const { calls, read } = recorder();
  const controller = new AbortController();
  const left = rejects(read([{ start: 1, end: 2 }], controller.signal), (error) => error === controller.signal.reason);
  controller.abort(new Error('enough'));
  // Some rounds later, so that the turn that was left runs before this one does.
  for (let round = 0; round < 4; round++) await Promise.resolve();
  const late = read([{ start: 3, end: 4 }]);
  for (let round = 0; round < 6; round++) await Promise.resolve();
  const later = read([{ start: 5, end: 6 }]);
  equal(await Promise.all([late, later]), [[Uint8Array.of(3, 4)], [Uint8Array.of(5, 6)]]);
  await left;
  equal(calls.length, 1);
});
