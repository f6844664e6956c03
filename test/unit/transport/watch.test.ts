import { equal, ok, rejects, test } from '../../harness.ts';
import type { CloudError } from '../../../src/errors.ts';
import { Watches } from '../../../src/platform/watch.ts';
import { countingSignal } from './fake.ts';

const request = { method: 'GET', url: 'https://h.example/k', headers: {} } as const;

/** Time that stands still until it is moved, and the timers on it. */
interface FakeTime {
  /** Timers that are set and not cleared. */
  open(): number;
  /** Moves it on; timers go off on their way. */
  move(ms: number): void;
}

function withFakeTime(run: (time: FakeTime) => void): void {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const timers = new Map<number, { due: number; act: () => void }>();
  // Bun has it on the object itself, others on its prototype.
  const own = Object.getOwnPropertyDescriptor(performance, 'now');
  let now = 1000;
  let last = 0;
  globalThis.setTimeout = ((act: () => void, ms = 0) => (timers.set(++last, { due: now + ms, act }), last)) as typeof setTimeout;
  globalThis.clearTimeout = ((timer?: number) => void timers.delete(timer!)) as typeof clearTimeout;
  Object.defineProperty(performance, 'now', { value: () => now, configurable: true });
  const move = (ms: number): void => {
    for (const end = now + ms; ;) {
      const [next] = [...timers].filter(([, { due }]) => due <= end).sort(([, a], [, b]) => a.due - b.due);
      now = next ? Math.max(now, next[1].due) : end;
      if (!next) return;
      timers.delete(next[0]);
      next[1].act();
    }
  };
  try {
    run({ open: () => timers.size, move });
  } finally {
    globalThis.setTimeout = set;
    globalThis.clearTimeout = clear;
    delete (performance as { now?: unknown }).now;
    if (own) Object.defineProperty(performance, 'now', own);
  }
}

test('all requests share one timer, and none is left behind the last', () =>
  withFakeTime(({ open }) => {
    const watches = new Watches();
    const all = Array.from({ length: 20 }, () => watches.start(request, undefined));
    for (const watch of all) watch.wait(60_000, 'response');
    equal(open(), 1);
    for (const watch of all) watch.wait(30_000, 'more of the body');
    equal(open(), 1);
    for (const watch of all) watch.end();
    equal(open(), 0);
    const late = watches.start(request, undefined);
    watches.close(new Error('closed'));
    late.wait(60_000);
    watches.start(request, undefined).wait(60_000);
    equal(open(), 0, 'what is aborted waits for nothing');
  }));

test('each strikes at its own time, and bytes put it off', () =>
  withFakeTime(({ move }) => {
    const watches = new Watches();
    const struck: string[] = [];
    const begin = (name: string, ms: number): ReturnType<Watches['start']> => {
      const watch = watches.start(request, undefined);
      watch.onAbort(() => struck.push(name));
      watch.wait(ms, name);
      return watch;
    };
    begin('long', 120);
    const lively = begin('lively', 50);
    const short = begin('short', 20);
    const never = begin('never', 0);
    move(19);
    equal(struck, []);
    move(16);
    equal(struck, ['short']);
    const error = short.signal.reason as CloudError;
    ok(error.code === 'Timeout' && error.retryable && error.message.includes('short within 20 ms'), error.message);
    lively.touch();
    move(40);
    equal(struck, ['short'], 'bytes came in between');
    move(11);
    equal(struck, ['short', 'lively']);
    move(1000);
    equal(struck, ['short', 'lively', 'long']);
    ok(!never.signal.aborted, 'no time-out');
  }));

test('a race ends with the abort, and the signal that was given is let go', async () => {
  const { controller, signal, listeners } = countingSignal();
  const watches = new Watches();
  const watch = watches.start(request, signal);
  equal(await watch.race(Promise.resolve(1)), 1);
  const waiting = watch.race(new Promise<void>(() => {}));
  const reason = { it: 'me' };
  controller.abort(reason);
  await rejects(waiting, (error) => (error as unknown) === reason);
  await rejects(
    () => watch.race(new Promise<void>(() => {})),
    (error) => (error as unknown) === reason,
  );
  const other = countingSignal();
  const ended = watches.start(request, other.signal);
  equal(other.listeners(), 1);
  ended.end();
  ok(listeners() <= 1 && other.listeners() === 0, 'let go');
});
