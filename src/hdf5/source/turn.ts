/**
 * Turns of the event loop: what asks within one is answered together.
 *
 * @module
 */

interface Immediate {
  setImmediate?: (act: () => void) => unknown;
}

let channel: MessageChannel | undefined;
const waiting: (() => void)[] = [];

/** Posts a message to itself: unlike a timer it is not made to wait for 4 ms in a page. */
function post(act: () => void): void {
  if (!channel) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => waiting.shift()?.();
  }
  waiting.push(act);
  channel.port2.postMessage(0);
}

/** Resolves when what is to be done now has been done. */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    // a message channel would keep Node from ending
    const { setImmediate } = globalThis as Immediate;
    if (setImmediate) setImmediate(resolve);
    else post(resolve);
  });

/** How long the thread is held at a time, in ms: what is shown meanwhile moves on. */
const SLICE_MS = 12;

let sliceBegan = 0;
const resting: (() => void)[] = [];
let isReleasing = false;

const isOverdue = (): boolean => performance.now() - sliceBegan >= SLICE_MS;

/** Lets those who rest go on, one after the other, for a slice at a time. Woken together they would all run before anybody could look at the time. */
async function release(): Promise<void> {
  isReleasing = true;
  while (resting.length > 0) {
    await nextTurn();
    sliceBegan = performance.now();
    let released = 0;
    while (released < resting.length && !isOverdue()) {
      resting[released++]!();
      // what it does at once is done before the next one is let go
      await Promise.resolve();
    }
    resting.splice(0, released);
  }
  isReleasing = false;
}

/**
 * What to wait for when the thread was held for long; all who work share one slice, and who waits longest goes on first. To be looked at anew after
 * the wait, by who then goes on at once.
 *
 * @example for (let rest = overdue(); rest; rest = overdue()) await rest;
 */
export function overdue(): Promise<void> | undefined {
  if (!isOverdue()) return undefined;
  const rest = new Promise<void>((resolve) => void resting.push(resolve));
  if (!isReleasing) void release();
  return rest;
}

/** Those who rest at one file: what they are about to ask for should be fetched together. */
export interface Rests {
  /** {@link overdue}, counted. */
  overdue(): Promise<void> | undefined;
  /** Whether somebody rests. */
  readonly isAny: boolean;
}

/** Begin to count. */
export function createRests(): Rests {
  let count = 0;
  return {
    overdue() {
      const rest = overdue();
      if (!rest) return undefined;
      count++;
      return rest.then(() => void count--);
    },
    get isAny() {
      return count > 0;
    },
  };
}
