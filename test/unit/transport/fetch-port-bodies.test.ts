import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import type { CloudError } from '../../../src/errors.ts';
import { streamed } from '../../../src/platform/outgoing.ts';
import { delay } from '../../../src/util/abort.ts';
import { bytesOf, textOf } from './fake.ts';
import { get, never, over, putOf, streamOf } from './fake-fetch.ts';

test('bodies are read in chunks or at once, whatever the length says', async () => {
  for (const length of [undefined, '6', '2', '1000', 'x']) {
    const answer = (): Response => new Response(streamOf(['abc', '', 'de', 'f']), { headers: length ? { 'content-length': length } : {} });
    const { send } = over(answer);
    equal(textOf(await (await send(get)).body.bytes(4)), 'abcdef');
    const { body } = await send(get);
    equal(textOf((await body.read())!), 'abc');
    equal(textOf(await body.bytes()), 'def', 'the rest');
    equal([await body.read(), (await body.bytes()).length], [undefined, 0], 'nothing is left');
  }
  for (const [method, status] of [
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ] as const) {
    const { body } = await over(() => new Response(null, { status, headers: { 'content-length': '9' } })).send({ ...get, method });
    equal(await body.read(), undefined);
  }
});

test('a small body is had at once, without a stream; one that could be slow is read in chunks', async () => {
  const streams: string[] = [];
  const answer = (): Response => {
    const response = new Response('abcd', { headers: { 'content-length': '4' } });
    const { body } = response;
    return Object.defineProperty(response, 'body', { get: () => (streams.push('asked'), body) });
  };
  const { body } = await over(answer).send(get, { idleMs: 4 });
  equal(textOf(await body.bytes()), 'abcd');
  equal([await body.read(), (await body.bytes()).length], [undefined, 0], 'nothing is left');
  await body.cancel();
  equal(streams, []);
  const slow = await over(answer).send(get, { idleMs: 3 });
  equal(textOf(await slow.body.bytes()), 'abcd');
  ok(streams.length > 0, 'a stream');
});

test('a small body that stalls, breaks or is given up', async () => {
  const small = (then: 'stall' | Error): (() => Response) => {
    return () => new Response(streamOf(['x'], then), { headers: { 'content-length': '4' } });
  };
  const stalls = await over(small('stall')).send(get, { idleMs: 10 });
  await rejects<CloudError>(stalls.body.bytes(), (error) => error.code === 'Timeout' && error.retryable);
  await rejects(stalls.body.read(), 'Timeout');
  const breaks = await over(small(new TypeError('cut'))).send(get);
  await rejects<CloudError>(breaks.body.bytes(), (error) => error.code === 'Network' && error.retryable);
  await rejects(breaks.body.bytes(), 'Network');
  const given = await over(() => new Response(streamOf(['ab', 'cd']), { headers: { 'content-length': '4' } })).send(get);
  const bytes = given.body.bytes();
  await given.body.cancel();
  equal(textOf(await bytes), 'abcd', 'what was asked for before still comes');
});

test('small leftovers are read, large ones cut', async () => {
  const small = streamOf(['ab', 'cd']);
  const a = await over(() => new Response(small, { headers: { 'content-length': '4' } })).send(get);
  await a.body.read();
  await a.body.cancel();
  ok(!small.cancelled, 'read to its end');
  equal(await a.body.read(), undefined);
  for (const headers of [{ 'content-length': '1000000' }, {}]) {
    const large = streamOf(['ab', 'cd'], 'stall');
    const b = await over(() => new Response(large, { headers })).send(get);
    await b.body.cancel();
    await b.body.cancel();
    ok(large.cancelled, 'cut');
  }
  const broken = await over(() => new Response(streamOf([], new Error('x')), { headers: { 'content-length': '3' } })).send(get);
  await broken.body.cancel();
});

test('no head, a stalled body and one that nobody reads are Timeouts', async () => {
  const head = await rejects<CloudError>(over(never).send(get, { headersMs: 5 }), 'Timeout');
  ok(head.retryable && !head.message.includes('SECRET'), head.message);
  const stall = (): Response => new Response(streamOf(['x'], 'stall'));
  const { body } = await over(stall).send(get, { idleMs: 10 });
  await body.read();
  await rejects(body.read(), 'Timeout');
  await rejects(body.read(), 'Timeout');
  const stream = streamOf(['x'], 'stall');
  const { body: unread } = await over(() => new Response(stream)).send(get, { idleMs: 5 });
  await delay(30);
  ok(stream.cancelled, 'cut while nobody reads');
  await rejects<CloudError>(unread.read(), (error) => error.code === 'Timeout' && error.retryable);
});

test('a body that trickles is no stalled one', async () => {
  let n = 0;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      // longer than the limit in all, and each far below it, also where the machine is busy
      await delay(40);
      if (n++ < 16) controller.enqueue(bytesOf('x'));
      else controller.close();
    },
  });
  const { body } = await over(() => new Response(stream)).send(get, { idleMs: 500 });
  equal((await body.bytes()).length, 16);
});

test('a page is never given a stream: it is gathered, up to a limit', async () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytesOf('ab');
    yield bytesOf('cd');
  }
  const { send, calls } = over(() => new Response(''), { page: true });
  await send(putOf({ open: chunks, replayable: true }));
  sameBytes(calls[0]?.body as Uint8Array, bytesOf('abcd'));
  equal([calls[0]?.headers, calls[0]?.duplex], [{}, 'half']);
  await rejects(send(putOf({ open: chunks, replayable: true, sizeBytes: 0x10000001 })), 'NotSupported');
  equal(calls.length, 1);
});

test('Blobs go without their type; one whose file changed or is gone is not sent', async () => {
  const { send, calls } = over(() => new Response(''), { page: true });
  await send(putOf(new Blob(['abc'], { type: 'text/x' })));
  const sent = calls[0]?.body as Blob;
  equal([await sent.text(), sent.type], ['abc', '']);
  await send(putOf(new Blob([])));
  equal((calls[1]!.body as Blob).size, 0);
  const failing = (error: Error | undefined): Blob => {
    const slice = (): { arrayBuffer: () => Promise<ArrayBuffer> } => ({
      arrayBuffer: () => (error ? Promise.reject(error) : Promise.resolve(new ArrayBuffer(0))),
    });
    return { size: 5, type: '', slice } as unknown as Blob;
  };
  await rejects(send(putOf(failing(new DOMException('changed', 'NotReadableError')))), 'ObjectChanged');
  await rejects(send(putOf(failing(new DOMException('gone', 'NotFoundError')))), 'NotFound');
  await rejects(send(putOf(failing(undefined))), 'ObjectChanged');
  equal(calls.length, 2, 'none of them was sent');
});

test('an error of the body itself comes out as it is', async () => {
  const boom = new Error('boom');
  // eslint-disable-next-line require-yield
  async function* failing(): AsyncGenerator<Uint8Array> {
    throw boom;
  }
  const body = { open: failing, replayable: true };
  await rejects(over(() => new Response('')).send(putOf(body)), (error) => error === boom);
  const wraps = over(
    async (call) => {
      try {
        await (call.body as ReadableStream).getReader().read();
      } catch (cause) {
        throw new TypeError('fetch failed', { cause });
      }
      return new Response('');
    },
    { outgoing: streamed },
  );
  await rejects(wraps.send(putOf(body)), (error) => error === boom);
});

test('where streams can be sent, they are, with their length', async () => {
  const lengths: number[] = [];
  const { send, calls } = over(
    async (call) => {
      lengths.push((await new Response(call.body as ReadableStream).arrayBuffer()).byteLength);
      return new Response('');
    },
    { outgoing: streamed },
  );
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytesOf('ab');
    yield bytesOf('cd');
  }
  await send(putOf({ open: chunks, replayable: true, sizeBytes: 4 }));
  await send(putOf(new Blob(['abc'], { type: 'text/x' })));
  await send(putOf({ open: chunks, replayable: true }));
  equal(lengths, [4, 3, 4]);
  equal(
    calls.map((call) => call.headers),
    [{ 'content-length': '4' }, { 'content-length': '3' }, {}],
  );
  await rejects(send(putOf({ open: chunks, replayable: true, sizeBytes: 9 })), 'InvalidArgument');
});
