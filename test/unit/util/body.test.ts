import { bodyChunks, gatherBody, toSendable } from '../../../src/util/body.ts';
import { createKeyedLock } from '../../../src/util/keyed-lock.ts';
import type { Body, StreamBody } from '../../../src/types.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../../harness.ts';

const hello = new TextEncoder().encode('héllo');

async function* iterate(...chunks: unknown[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield chunk as Uint8Array;
}

const streamOf = (bytes: Uint8Array, onCancel: (reason: unknown) => void = () => {}): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
    cancel: onCancel,
  });

test('every kind of body gives its bytes', async () => {
  const inside = new Uint8Array([9, ...hello, 9]).subarray(1, 1 + hello.length);
  const kinds: [string, Body, number | undefined, boolean][] = [
    ['string', 'héllo', hello.length, true],
    ['view', inside, hello.length, true],
    ['ArrayBuffer', hello.slice().buffer, hello.length, true],
    ['DataView', new DataView(hello.slice().buffer) as never, hello.length, true],
    ['Blob', new Blob([hello]), hello.length, true],
    ['Response', new Response(hello), undefined, false],
    ['stream', streamOf(hello), undefined, false],
    ['iterable', iterate(hello.subarray(0, 2), hello.subarray(2)), undefined, false],
  ];
  for (const [kind, body, sizeBytes, replayable] of kinds) {
    const sendable = toSendable(body);
    equal(sendable.sizeBytes, sizeBytes, kind);
    equal(sendable.replayable, replayable, kind);
    sameBytes(await gatherBody(sendable), hello, kind);
  }
});

test('bytes are not copied, unless they are shared', async () => {
  const bytes = hello.slice();
  ok((toSendable(bytes).body as Uint8Array).buffer === bytes.buffer);
  if (typeof SharedArrayBuffer !== 'function') skip('no SharedArrayBuffer here');
  const shared = new Uint8Array(new SharedArrayBuffer(hello.length));
  shared.set(hello);
  for (const body of [shared, shared.buffer]) {
    const sendable = toSendable(body as never);
    ok((sendable.body as Uint8Array).buffer instanceof ArrayBuffer);
    sameBytes(sendable.body as Uint8Array, hello);
  }
});

test('content types: the caller, else the body, else none', () => {
  equal(toSendable('x').contentType, undefined);
  equal(toSendable(new Blob(['x'])).contentType, undefined);
  equal(toSendable(new Blob(['x'], { type: 'text/csv' })).contentType, 'text/csv');
  equal(toSendable(new Blob(['x'], { type: 'text/csv' }), { contentType: 'a/b' }).contentType, 'a/b');
  equal(toSendable(new Response('x', { headers: { 'content-type': 'image/png' } })).contentType, 'image/png');
});

test('what is no body', async () => {
  const used = new Response('x');
  await used.text();
  for (const body of [7, null, undefined, {}, [1], Symbol('x'), () => {}, used])
    await rejects(() => toSendable(body as never), 'InvalidArgument');
  await rejects(gatherBody(iterate(hello, 7)), 'InvalidArgument');
  await rejects(gatherBody(iterate(hello, hello), { maxBytes: 8 }), 'InvalidArgument');
  equal(await gatherBody(new Response(null)), new Uint8Array());
});

test('a stream is opened once', async () => {
  const { body } = toSendable(streamOf(hello));
  (body as StreamBody).open();
  await rejects(() => (body as StreamBody).open(), 'InvalidArgument');
});

test('a producer may use one buffer again and again', async () => {
  async function* reusing(): AsyncGenerator<Uint8Array> {
    const buffer = new Uint8Array(2);
    for (const n of [1, 2, 3]) yield buffer.fill(n);
  }
  sameBytes(await gatherBody(reusing()), Uint8Array.of(1, 1, 2, 2, 3, 3));
});

test('large bytes and Blobs come in pieces', async () => {
  const large = new Uint8Array(0x280000).map((_, i) => i * 7);
  for (const body of [large, new Blob([large])]) {
    const sizes: number[] = [];
    for await (const chunk of bodyChunks(body)) sizes.push(chunk.length);
    equal(sizes, [0x100000, 0x100000, 0x80000]);
    sameBytes(await gatherBody(body), large);
  }
});

test('leaving a stream body early cancels it', async () => {
  let cancelled = 0;
  for await (const chunk of bodyChunks(
    toSendable(new ReadableStream<Uint8Array>({ pull: (c) => c.enqueue(hello), cancel: () => void cancelled++ })).body,
  )) {
    ok(chunk.length > 0);
    break;
  }
  equal(cancelled, 1);
});

test('an abort ends the wait for a chunk that never comes, with the reason itself', async () => {
  const reason = new Error('enough');
  let cancelled: unknown;
  const silent = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
  const controller = new AbortController();
  const gathering = gatherBody(silent, { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 5);
  await rejects(gathering, (error) => error === reason);
  await new Promise((resolve) => setTimeout(resolve, 0));
  ok(cancelled);
  await rejects(gatherBody('x', { signal: controller.signal }), (error) => error === reason);
  const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
  const second = new AbortController();
  const waiting = gatherBody(never, { signal: second.signal });
  second.abort(reason);
  await rejects(waiting, (error) => error === reason);
});

test('a keyed lock lets one in for each name, in order', async () => {
  const lock = createKeyedLock();
  const log: string[] = [];
  const turn = (name: string, label: string): Promise<void> =>
    lock(name, async () => {
      log.push(`${label} in`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      log.push(`${label} out`);
    });
  await Promise.all([turn('x', 'a'), turn('x', 'b'), turn('x', 'c')]);
  equal(log, ['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  let inside = 0;
  await Promise.all([
    lock('x', async () => {
      inside++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside--;
    }),
    lock('y', async () => equal(inside, 1, 'another name does not wait')),
  ]);
});

test('who leaves the queue of a lock lets nobody past', async () => {
  const lock = createKeyedLock();
  const reason = new Error('enough');
  const controller = new AbortController();
  let busy = true;
  let open = (): void => {};
  const first = lock('x', () => new Promise<void>((resolve) => (open = resolve)));
  const second = lock('x', async () => {}, { signal: controller.signal });
  const third = lock('x', async () => equal(busy, false));
  controller.abort(reason);
  await rejects(second, (error) => error === reason);
  await new Promise((resolve) => setTimeout(resolve, 2));
  busy = false;
  open();
  await Promise.all([first, third]);
  await rejects(
    lock('x', async () => Promise.reject(reason)),
    (error) => error === reason,
  );
  await lock('x', async () => {});
});
