import { equal, ok, rejects, test } from '../../harness.ts';
import { abortable, delay, linkSignals, onAbort, throwIfAborted } from '../../../src/util/abort.ts';
import { createSingleFlight } from '../../../src/util/single-flight.ts';
import { countingSignal } from './fake.ts';

const reason = { it: 'is me' };
const isReason = (error: unknown): boolean => error === reason;

test('throwIfAborted throws the reason itself', async () => {
  throwIfAborted(undefined);
  throwIfAborted(new AbortController().signal);
  await rejects(() => throwIfAborted(AbortSignal.abort(reason)), isReason);
});

test('a signal has one listener however many wait, and none afterwards', () => {
  const { signal, listeners } = countingSignal();
  const calls: number[] = [];
  const offs = [1, 2, 3].map((n) => onAbort(signal, () => calls.push(n)));
  equal(listeners(), 1);
  offs[0]?.();
  offs[0]?.();
  equal(listeners(), 1);
  offs[1]?.();
  offs[2]?.();
  equal(listeners(), 0);
  onAbort(signal, () => calls.push(4))();
  equal(listeners(), 0);
  equal(calls, []);
});

test('aborting calls all who wait, once; who comes later is called at once', () => {
  const { controller, signal } = countingSignal();
  const calls: number[] = [];
  const off = onAbort(signal, () => calls.push(1));
  onAbort(signal, () => {
    off();
    calls.push(2);
  });
  onAbort(signal, () => calls.push(3))();
  controller.abort(reason);
  controller.abort('again');
  equal(calls, [1, 2]);
  onAbort(signal, () => calls.push(4));
  equal(calls, [1, 2, 4]);
});

test('abortable gives the result, the error, or the reason', async () => {
  const { controller, signal, listeners } = countingSignal();
  equal(await abortable(Promise.resolve(1), signal), 1);
  await rejects(abortable(Promise.reject(new Error('mine')), signal), (e) => e.message === 'mine');
  equal(listeners(), 0);
  const waiting = abortable(new Promise(() => {}), signal);
  equal(listeners(), 1);
  controller.abort(reason);
  await rejects(waiting, isReason);
  await rejects(abortable(Promise.resolve(1), signal), isReason);
});

test('delay waits, and an abort ends it with the reason', async () => {
  const { controller, signal, listeners } = countingSignal();
  await delay(1, signal);
  equal(listeners(), 0);
  const waiting = delay(3_600_000, signal);
  controller.abort(reason);
  await rejects(waiting, isReason);
  await rejects(delay(0, signal), isReason);
});

test('linked signals follow the first that aborts, and let go', () => {
  const a = countingSignal();
  const b = countingSignal();
  const link = linkSignals(a.signal, undefined, b.signal);
  equal([a.listeners(), b.listeners()], [1, 1]);
  link.unlink();
  equal([a.listeners(), b.listeners()], [0, 0]);
  a.controller.abort(reason);
  ok(!link.signal.aborted, 'not aborted after unlink');
  const second = linkSignals(b.signal);
  b.controller.abort(reason);
  ok(second.signal.reason === reason, 'the same reason');
  ok(linkSignals(a.signal).signal.reason === reason, 'aborted from the start');
  const third = linkSignals(undefined);
  third.abort(reason);
  ok(third.signal.reason === reason, 'aborted by itself');
});

test('equal work is done once, and again when it is over', async () => {
  const flight = createSingleFlight<string, number>();
  let runs = 0;
  const run = async (): Promise<number> => {
    await delay(1);
    return ++runs;
  };
  equal(await Promise.all([flight('a', run), flight('a', run), flight('b', run)]), [1, 1, 2]);
  equal(await flight('a', run), 3);
  const fail = (): Promise<number> => Promise.reject(new Error('no'));
  const both = await Promise.allSettled([flight('a', fail), flight('a', fail)]);
  equal(
    both.map((it) => it.status),
    ['rejected', 'rejected'],
  );
  await rejects(
    flight('a', () => {
      throw new Error('at once');
    }),
    (e) => e.message === 'at once',
  );
  equal(await flight('a', run), 4);
});

test('the last one who leaves aborts the work, the first does not', async () => {
  const flight = createSingleFlight<string, number>();
  const first = new AbortController();
  const second = new AbortController();
  let seen: AbortSignal | undefined;
  const run = (signal: AbortSignal): Promise<number> => abortable(new Promise(() => {}), (seen = signal));
  const a = flight('k', run, { signal: first.signal });
  const b = flight('k', run, { signal: second.signal });
  first.abort(reason);
  await rejects(a, isReason);
  ok(!seen?.aborted, 'still wanted');
  second.abort('other');
  await rejects(b, (e) => (e as unknown) === 'other');
  ok(seen?.reason === 'other', 'aborted with the last reason');
  equal(await flight('k', () => Promise.resolve(5)), 5, 'a new call starts anew');
  await rejects(flight('k', run, { signal: first.signal }), isReason);
});
