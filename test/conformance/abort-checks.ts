/** Ending every operation before and in the middle. */
import { isCloudError } from '../../src/errors.ts';
import { equal, ok, rejects, sameBytes } from '../harness.ts';
import { noise } from './noise.ts';
import { type Check, type Corner, listed, pages } from './suite.ts';

const reason = new Error('the caller had enough');
const isReason = (error: unknown): boolean => error === reason;

/** Every call of a store, with a signal. */
const calls: [name: string, call: (corner: Corner, signal: AbortSignal) => Promise<unknown> | undefined][] = [
  ['get', async ({ store, key }, signal) => (await store.get(key('a'), { signal }))?.bytes()],
  ['range', async ({ store, key }, signal) => (await store.get(key('a'), { signal, range: { start: 1, end: 3 } }))?.bytes()],
  ['head', ({ store, key }, signal) => store.head(key('a'), { signal })],
  ['put', ({ store, key }, signal) => store.put(key('new'), 'x', { signal })],
  ['delete', ({ store, key }, signal) => store.delete(key('b'), { signal })],
  ['delete many', ({ store, key }, signal) => store.delete([key('b'), key('c')], { signal })],
  ['list', ({ store, prefix }, signal) => pages(store, { prefix, signal })],
  ['copy', ({ store, key }, signal) => store.copy?.(key('a'), key('copy'), { signal })],
  ['setMetadata', ({ store, key }, signal) => store.setMetadata?.(key('a'), { a: '1' }, { signal })],
  ['touch', ({ store, key }, signal) => store.touch?.(key('a'), { signal })],
  ['isFolder', ({ store, key }, signal) => store.isFolder?.(key('a'), { signal })],
  ['signUrl', ({ store, key }, signal) => store.signUrl?.(key('a'), { signal })],
];

export function abortChecks(check: Check): void {
  check('a signal that was aborted before', ['read', 'write', 'list'], async (corner) => {
    const { store, key } = corner;
    for (const name of ['a', 'b', 'c']) await store.put(key(name), 'hello');
    for (const [name, call] of calls) {
      if (/^(copy|setMetadata|touch|isFolder|signUrl)$/.test(name) && !(name in store)) continue;
      await rejects(async () => call(corner, AbortSignal.abort(reason)), isReason).catch((error: unknown) => {
        throw new Error(`${name}: ${String(error)}`, { cause: error });
      });
    }
    equal((await listed(corner)).keys, ['a', 'b', 'c'], 'nothing was done');
  });

  check('a signal that is aborted at once', ['read', 'write', 'list'], async (corner) => {
    const { store, key } = corner;
    for (const name of ['a', 'b', 'c']) await store.put(key(name), 'hello');
    for (const [name, call] of calls) {
      const controller = new AbortController();
      const running = call(corner, controller.signal);
      controller.abort(reason);
      // Done already, ended with the very reason, or (signing without a key) not to be had at all: nothing else.
      await Promise.resolve(running).catch((error: unknown) =>
        ok(isReason(error) || isCloudError(error, 'NotSupported'), `${name}: the reason itself, not ${String(error)}:`),
      );
    }
    const after = await store.get(key('new'));
    if (after) equal(await after.text(), 'x', 'whole or not at all');
  });

  check('a read that is aborted in the middle', ['read', 'write'], async ({ store, key }) => {
    const bytes = noise(4_000_000);
    await store.put(key('a'), bytes);
    const controller = new AbortController();
    const got = (await store.get(key('a'), { signal: controller.signal }))!;
    const reader = got.stream().getReader();
    const first = await reader.read();
    sameBytes(first.value, bytes.subarray(0, first.value!.length));
    controller.abort(reason);
    await rejects(async () => {
      while (!(await reader.read()).done);
    }, isReason);
    const second = new AbortController();
    const opened = (await store.get(key('a'), { signal: second.signal }))!;
    second.abort(reason);
    await rejects(opened.bytes(), isReason);
    sameBytes(await (await store.get(key('a')))!.bytes(), bytes, 'a read after that');
  });

  check('a write that is aborted in the middle', ['read', 'write', 'list'], async (corner) => {
    const { store, key } = corner;
    await store.put(key('old'), 'as it was');
    for (const name of ['new', 'old', 'folder/new']) {
      const controller = new AbortController();
      let closed = false;
      const body: AsyncIterable<Uint8Array> = {
        [Symbol.asyncIterator]: () => {
          let given = 0;
          return {
            next: async () => {
              if (given++ < 2) return { value: noise(100_000, given) };
              setTimeout(() => controller.abort(reason), 10);
              return new Promise<never>(() => {});
            },
            return: async () => {
              closed = true;
              return { done: true, value: undefined };
            },
          };
        },
      };
      await rejects(store.put(key(name), body, { signal: controller.signal, sizeBytes: 1_000_000 }), isReason);
      for (let i = 0; i < 200 && !closed; i++) await new Promise((resolve) => setTimeout(resolve, 10));
      ok(closed, 'a body that was let go of');
    }
    equal((await listed(corner)).keys, ['old']);
    equal(await (await store.get(key('old')))!.text(), 'as it was');
  });

  check('a body that fails leaves nothing', ['read', 'write', 'list'], async (corner) => {
    const { store, key } = corner;
    await store.put(key('old'), 'as it was');
    async function* failing(): AsyncGenerator<Uint8Array, void, undefined> {
      yield noise(100_000);
      throw reason;
    }
    for (const name of ['new', 'old']) {
      await rejects(store.put(key(name), failing()), (error) => isReason(error) || isReason((error as { cause?: unknown }).cause));
    }
    equal((await listed(corner)).keys, ['old']);
    equal(await (await store.get(key('old')))!.text(), 'as it was');
  });

  check('a listing that is aborted between pages', ['write', 'list'], async ({ store, key, prefix }) => {
    for (const name of ['a', 'b', 'c']) await store.put(key(name), 'x');
    const controller = new AbortController();
    let seen = 0;
    await rejects(async () => {
      for await (const page of store.list({ prefix, pageSize: 1, signal: controller.signal })) {
        seen += page.objects.length;
        controller.abort(reason);
      }
    }, isReason);
    equal(seen, 1);
  });
}
