/** How many bytes transfers hold: a service that keeps every request waiting counts them. Runs in every engine. */
import { Client } from '../../../src/index.ts';
import { createByteRoom } from '../../../src/util/byte-room.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';

const MiB = 2 ** 20;

test('room: who wants more waits his turn, small things have a share of their own', async () => {
  const room = createByteRoom(80 * MiB);
  const held = [await room.hold(30 * MiB), await room.hold(40 * MiB)];
  const order: string[] = [];
  const late = room.hold(35 * MiB).then((hold) => (order.push('35'), hold));
  const later = room.hold(2 * MiB).then((hold) => (order.push('2'), hold));
  const small = await Promise.all(Array.from({ length: 10 }, () => room.hold(MiB)));
  equal(room.state, { usedBytes: 80 * MiB, waiting: 2 });
  const tooMany = room.hold(MiB);
  equal(room.state.waiting, 3);
  small[0]!.release();
  small[0]!.release();
  small.push(await tooMany);
  equal(room.state, { usedBytes: 80 * MiB, waiting: 2 });
  held[0]!.release();
  equal(order, [], 'the first has no room yet, and the second does not pass it');
  held[1]!.release();
  held.push(await late, await later);
  equal(order, ['35', '2']);
  for (const hold of [...held, ...small]) hold.release();
  equal(room.state, { usedBytes: 0, waiting: 0 });
});

test('room: what is larger than all of it goes alone, and who gives up lets others by', async () => {
  const room = createByteRoom(8 * MiB);
  const huge = await room.hold(100 * MiB);
  const stop = new AbortController();
  const waits = room.hold(100 * MiB, { signal: stop.signal });
  const next = room.hold(2 * MiB);
  stop.abort(new Error('given up'));
  await rejects(waits, (error) => error instanceof Error && error.message === 'given up');
  equal(room.state.waiting, 1);
  huge.release();
  (await next).release();
  equal(room.state, { usedBytes: 0, waiting: 0 });
  await rejects(async () => createByteRoom(0), 'InvalidArgument');
});

test('room: buffers are used again while something is in flight, never by two', async () => {
  const room = createByteRoom(64 * MiB);
  const [one, two] = [await room.buffer(16 * MiB), await room.buffer(16 * MiB)];
  ok(one.bytes.buffer !== two.bytes.buffer, 'two buffers');
  one.release();
  one.release();
  const [three, four] = [await room.buffer(16 * MiB), await room.buffer(16 * MiB)];
  ok(three.bytes.buffer === one.bytes.buffer, 'the same memory');
  ok(four.bytes.buffer !== three.bytes.buffer, 'once');
  two.release(null);
  const five = await room.buffer(16 * MiB);
  ok(five.bytes.buffer !== two.bytes.buffer, 'not what may still be read');
  for (const buffer of [three, four, five]) buffer.release();
  equal(room.state, { usedBytes: 0, waiting: 0 });
});

/** An S3 service whose answers to bodies wait until somebody lets them go. */
function slowService(): { fetch: typeof fetch; waiting: { key: string; size: number; answer(): void }[]; most(): number } {
  const waiting: { key: string; size: number; answer(): void }[] = [];
  let most = 0;
  const send = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input));
    const key = url.pathname.split('/').slice(2).join('/');
    const { body } = init;
    if (init.method === 'PUT') {
      const size = (body as Uint8Array).byteLength;
      await new Promise<void>((resolve) => {
        const one = { key, size, answer: (): void => (waiting.splice(waiting.indexOf(one), 1), resolve()) };
        waiting.push(one);
        most = Math.max(
          most,
          waiting.reduce((sum, request) => sum + request.size, 0),
        );
      });
      return new Response(null, { headers: { etag: '"part"' } });
    }
    if (init.method === 'HEAD') return new Response(null, { status: 404 });
    if (url.searchParams.has('uploads'))
      return new Response('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>');
    return new Response('<CompleteMultipartUploadResult><ETag>"whole-2"</ETag></CompleteMultipartUploadResult>');
  };
  return { fetch: send, waiting, most: () => most };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

test('large files share the room of their client, small ones go by, and all of them arrive', async () => {
  const service = slowService();
  const limit = 12 * MiB;
  const client = new Client({
    endpoint: 'http://127.0.0.1:9',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    fetch: service.fetch,
    limits: { maxInFlightBytes: limit },
    timeouts: { headersMs: 600_000, idleMs: 600_000 },
  });
  const source = client.files(`mem://in-flight-${Math.random()}`);
  const large = new Uint8Array(3 * MiB);
  const names = ['large/a', 'large/b', 'large/c', 'large/d', 'large/e', 'large/f', ...Array.from({ length: 30 }, (_, i) => `small/${i}`)];
  for (const name of names) await source.put(name, name.startsWith('large') ? large : new Uint8Array(MiB / 2));
  let ended = false;
  const all = source.transferTo(client.files('s3://bucket'), { paths: names }).finally(() => (ended = true));
  const answered: string[] = [];
  // parts wait as long as there is a small file: those must not need them
  let idle = 0;
  while (!ended) {
    const smallOne = service.waiting.find(({ key }) => key.startsWith('small'));
    if (smallOne) {
      answered.push(smallOne.key);
      smallOne.answer();
      idle = 0;
    } else if (++idle > 10 && service.waiting[0]) {
      answered.push(service.waiting[0].key);
      service.waiting[0].answer();
      idle = 0;
    }
    await turn();
  }
  equal(await all, names.length);
  ok(service.most() <= limit, `${service.most() / MiB} MiB of ${limit / MiB} were in flight`);
  ok(service.most() >= 9 * MiB, `room is used: ${service.most() / MiB} MiB`);
  equal(
    answered.slice(0, 30).every((key) => key.startsWith('small')),
    true,
    'small files first',
  );
  await client.close();
});

test('an upload that fails while others wait for its room gives all of it back', async () => {
  const service = slowService();
  const client = new Client({
    endpoint: 'http://127.0.0.1:9',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    fetch: service.fetch,
    limits: { maxInFlightBytes: 40 * MiB },
    timeouts: { headersMs: 600_000, idleMs: 600_000 },
  });
  const store = client.store('s3://bucket');
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 64; i++) yield new Uint8Array(MiB);
  };
  const stop = new AbortController();
  const first = store.put('a', chunks(), { signal: stop.signal });
  while (service.waiting.length < 2) await turn();
  const second = store.put('b', chunks());
  stop.abort(new Error('enough'));
  await rejects(first, (error) => error instanceof Error && error.message === 'enough');
  let ended = false;
  void second.finally(() => (ended = true));
  for (const old of service.waiting.slice()) old.answer();
  while (!ended) {
    service.waiting[0]?.answer();
    await turn();
  }
  equal((await second).sizeBytes, 64 * MiB);
  await client.close();
});

test('streams of unknown length that grow at the same pace do not wait for each other for ever', async () => {
  const stored = new Map<string, Uint8Array>();
  let steps = 0;
  const keep = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    steps++;
    const { pathname } = new URL(String(input));
    stored.set(pathname.slice('/bucket/'.length), (init.body as Uint8Array).slice());
    return new Response(null, { headers: { etag: '"whole"' } });
  };
  const client = new Client({
    endpoint: 'http://127.0.0.1:9',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    fetch: keep,
    limits: { maxInFlightBytes: 16 * MiB },
  });
  const store = client.store('s3://bucket');
  const names = ['a', 'b', 'c', 'd'];
  const contents = names.map((_, stream) => Uint8Array.from({ length: 5 * (MiB / 2) }, (__, i) => (i % 251) + stream));
  let halfRead = 0;
  let meet = (): void => {};
  const met = new Promise<void>((resolve) => (meet = resolve));
  // what is small has 2 MiB of the room: the four hold all of it before any goes on
  const chunks = async function* (content: Uint8Array): AsyncGenerator<Uint8Array> {
    yield content.slice(0, MiB / 2);
    if (++halfRead === names.length) meet();
    await met;
    for (let at = MiB / 2; at < content.length; at += MiB / 2) {
      steps++;
      yield content.slice(at, at + MiB / 2);
      await turn();
    }
  };
  let ended = false;
  const stop = new AbortController();
  const all = Promise.all(names.map((name, i) => store.put(name, chunks(contents[i]!), { signal: stop.signal }))).finally(
    () => (ended = true),
  );
  for (let idle = 0, last = steps; !ended; last = steps) {
    await turn();
    idle = steps === last ? idle + 1 : 0;
    if (idle > 5000) stop.abort(new Error('the streams wait for each other'));
  }
  await all;
  for (const [i, name] of names.entries()) sameBytes(stored.get(name), contents[i]!, name);
  await client.close();
});
