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
let turn: Promise<void> | undefined;

/** Gives the thread away when it was held for long; all who work share one slice. */
export async function breathe(): Promise<void> {
  while (performance.now() - sliceBegan >= SLICE_MS) {
    turn ??= nextTurn().then(() => {
      turn = undefined;
      sliceBegan = performance.now();
    });
    await turn;
  }
}
