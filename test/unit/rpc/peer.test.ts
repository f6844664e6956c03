// Calls, answers and giving up, between two sides.
import { createPeer, type Handler, type Peer, type PeerMessage } from '../../../src/rpc/peer.ts';
import { CloudError } from '../../../src/index.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

type Handlers = Record<string, Handler>;

/** Two sides, each with what the other may call, over a real channel. */
async function withPeers(one: Handlers, two: Handlers, act: (a: Peer, b: Peer) => Promise<void>): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const make = (port: MessagePort, handlers: Handlers): Peer => {
    const peer = createPeer({
      post: (message, transfer) => port.postMessage(message, transfer),
      handlers: new Map(Object.entries(handlers)),
    });
    port.addEventListener('message', ({ data }) => peer.receive(data as PeerMessage));
    port.start();
    return peer;
  };
  const a = make(port1, one);
  const b = make(port2, two);
  try {
    await act(a, b);
  } finally {
    port1.close();
    port2.close();
  }
}

/** Answers when it is told to, or never. */
const waits: Handler = (_, signal) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));

/** Waits until what is asked for holds. */
async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !holds(); i++) await turn();
  ok(holds(), String(holds));
}

test('both sides call, and each call has its own answer', () =>
  withPeers(
    { twice: async (n: number) => ({ value: 2 * n }) },
    {
      ask: async (n: number) => ({ value: n + 1 }),
      bytes: async (n: number) => {
        const bytes = new Uint8Array(n);
        return { value: bytes, transfer: [bytes.buffer] };
      },
    },
    async (a, b) => {
      equal(await Promise.all([a.call('ask', 1), b.call('twice', 5), a.call('ask', 2)]), [2, 10, 3]);
      equal(await a.call('bytes', 3), new Uint8Array(3));
    },
  ));

test('what is told may be thrown at, and nothing ends of it', () => {
  let told = 0;
  const tell: Handler = async () => {
    told++;
    throw new Error('the one that is told');
  };
  return withPeers({}, { tell, ask: async () => ({ value: 1 }) }, async (a) => {
    a.note('tell', {});
    a.note('none such', {});
    await until(() => told === 1);
    // a process ends a turn after a rejection that nobody handles
    await turn();
    equal(await a.call('ask', {}), 1);
  });
});

test('only what is offered can be called', () =>
  withPeers({}, { ask: async () => ({ value: 1 }) }, async (a) => {
    for (const name of ['toString', '__proto__', 'constructor', 'receive', '']) await rejects(a.call(name, {}), 'NotSupported');
  }));

test('giving up rejects with the reason itself, at once, and ends the work there', async () => {
  const reason = new Error('enough');
  let seen: unknown;
  const handlers: Handlers = {
    wait: (args, signal) => {
      signal.addEventListener('abort', () => (seen = signal.reason));
      return waits(args, signal);
    },
  };
  await withPeers({}, handlers, async (a, b) => {
    const controller = new AbortController();
    const call = a.call('wait', {}, { signal: controller.signal });
    await until(() => b.size.done === 1);
    controller.abort(reason);
    await rejects(call, (error) => error === reason);
    await until(() => seen !== undefined);
    equal((seen as Error).message, 'enough');
    await rejects(a.call('wait', {}, { signal: controller.signal }), (error) => error === reason);
    equal(
      [a.size, b.size],
      [
        { made: 0, done: 0 },
        { made: 0, done: 0 },
      ],
    );
  });
});

test('what cannot be sent is an error on the side that sends', () =>
  withPeers({}, { odd: async () => ({ value: () => {} }), ask: async () => ({ value: 1 }) }, async (a, b) => {
    await rejects(
      a.call('ask', () => {}),
      'InvalidArgument',
    );
    await rejects(a.call('odd', {}), () => true);
    equal(await a.call('ask', {}), 1);
    equal([a.size.made, b.size.done], [0, 0]);
  }));

test('a message that cannot be read rejects what waits on both sides, and nothing after it', () =>
  withPeers({ wait: waits }, { wait: waits, ask: async () => ({ value: 1 }) }, async (a, b) => {
    const calls = [a.call('wait', {}), b.call('wait', {})].map((call) => rejects(call, 'Network'));
    await until(() => a.size.done + b.size.done === 2);
    b.unreadable();
    await Promise.all(calls);
    equal(await a.call('ask', {}), 1);
  }));

test('the end rejects what waits and what comes, and stops the work', async () => {
  let stopped = false;
  const handlers: Handlers = {
    wait: (args, signal) => {
      signal.addEventListener('abort', () => (stopped = true));
      return waits(args, signal);
    },
  };
  await withPeers(handlers, { wait: waits }, async (a, b) => {
    const call = rejects(a.call('wait', {}), 'Timeout');
    void b.call('wait', {}).catch(() => {});
    await until(() => a.size.done === 1);
    a.end(new CloudError('over', { code: 'Timeout' }));
    await call;
    equal(stopped, true);
    await rejects(a.call('wait', {}), 'Timeout');
  });
});

test('thousands of calls, answered, refused and given up, leave nothing behind', () => {
  const handlers: Handlers = {
    ask: async (n: number) => ({ value: n }),
    fail: async (n: number) => Promise.reject(new CloudError(`no ${n}`, { code: 'NotFound' })),
    wait: waits,
  };
  let state = env().seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % below;
  };
  return withPeers(handlers, handlers, async (a, b) => {
    for (let round = 0; round < 20; round++) {
      const calls = Array.from({ length: 100 }, async (_, n) => {
        const from = random(2) ? a : b;
        const kind = random(3);
        if (kind === 0) return equal(await from.call('ask', n), n);
        if (kind === 1) return void (await rejects(from.call('fail', n), 'NotFound'));
        const controller = new AbortController();
        const call = rejects(from.call('wait', n, { signal: controller.signal }), (error: unknown) => error === n);
        if (random(2)) await turn();
        controller.abort(n);
        await call;
      });
      await Promise.all(calls);
    }
    await until(() => a.size.done + b.size.done === 0);
    equal(
      [a.size, b.size],
      [
        { made: 0, done: 0 },
        { made: 0, done: 0 },
      ],
    );
  });
});
