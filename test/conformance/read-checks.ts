/** Reading: whole, in ranges, by condition, as text, as streams. */
import { isCloudError } from '../../src/errors.ts';
import { asyncDispose } from '../../src/util/dispose.ts';
import { equal, ok, rejects, sameBytes } from '../harness.ts';
import { noise } from './noise.ts';
import { type Check, gzipped, otherValidator, pages, validator } from './suite.ts';

export function readChecks(check: Check): void {
  check('put, get, head and list agree', ['read', 'write', 'list'], async ({ store, key, prefix }) => {
    for (const size of [0, 1, 300 * 1024]) {
      const name = key(`size-${size}`);
      const bytes = noise(size, size);
      const put = await store.put(name, bytes);
      equal([put.key, put.sizeBytes], [name, size]);
      const got = await store.get(name);
      ok(got, 'the object');
      equal([got.key, got.sizeBytes, got.totalBytes, got.range, got.decoded], [name, size, size, { start: 0, end: size }, false]);
      sameBytes(await got.bytes(), bytes);
      const head = await store.head(name);
      ok(head, 'its head');
      equal([head.key, head.sizeBytes, typeof head.metadata], [name, size, 'object']);
      const info = (await pages(store, { prefix })).flatMap((page) => page.objects).find((one) => one.key === name);
      ok(info, 'its entry in a listing');
      equal(info.sizeBytes, size);
      for (const field of ['etag', 'generation'] as const) {
        equal(got[field], head[field], field);
        equal(info[field] ?? head[field], head[field], field);
        equal(put[field] ?? head[field], head[field], field);
      }
      if (head.lastModified) ok(Math.abs(Date.now() - head.lastModified.getTime()) < 3_600_000, 'written just now');
    }
  });

  check('bytes in an array of the reader', ['read', 'write'], async ({ store, key }) => {
    for (const size of [0, 1000, 300 * 1024]) {
      const bytes = noise(size, size);
      await store.put(key('a'), bytes);
      // at the beginning of a larger buffer, whose rest is nobody's
      const into = new Uint8Array(new ArrayBuffer(size + 100), 0, size);
      const rest = new Uint8Array(into.buffer, size).fill(7);
      const got = await (await store.get(key('a')))!.bytes(into);
      sameBytes(got, bytes);
      if (got.buffer === into.buffer) equal(got.byteOffset, 0);
      ok(rest.every((value) => value === 7));
      for (const other of [size - 1, size + 1].filter((length) => length >= 0)) {
        const kept = new Uint8Array(other).fill(7);
        sameBytes(await (await store.get(key('a')))!.bytes(kept), bytes, `for ${other}`);
        ok(
          kept.every((value) => value === 7),
          'an array of another size is left alone',
        );
      }
    }
  });

  check('what is not there is null', ['read'], async ({ store, key }) => {
    for (const name of ['nothing', 'no/such/folder/x']) {
      equal(await store.get(key(name)), null);
      equal(await store.head(key(name)), null);
      equal(await store.get(key(name), { range: { start: 5, end: 9 } }), null);
    }
  });

  check('a deleted object is not there', ['read', 'write'], async ({ store, key }) => {
    await store.put(key('a'), 'x');
    equal(await store.delete(key('a')), { deleted: [key('a')], errors: [] });
    equal(await store.get(key('a')), null);
    equal(await store.head(key('a')), null);
    equal(await store.delete(key('a')), { deleted: [key('a')], errors: [] }, 'again');
  });

  check('ranges', ['read', 'write', 'ranges'], async ({ store, key }) => {
    const bytes = noise(1000);
    await store.put(key('a'), bytes);
    const cases = [
      [{ start: 10, end: 20 }, 10, 20],
      [{ start: 990 }, 990, 1000],
      [{ end: 5 }, 0, 5],
      [{ start: 990, end: 2000 }, 990, 1000],
      [{ start: 999, end: 1000 }, 999, 1000],
      [{ start: 0, end: 1000 }, 0, 1000],
      [{ start: 5, end: 5 }, 5, 5],
      [{}, 0, 1000],
    ] as const;
    for (const [range, start, end] of cases) {
      const got = await store.get(key('a'), { range });
      ok(got, 'the object');
      equal([got.range, got.totalBytes, got.sizeBytes], [{ start, end }, 1000, 1000], JSON.stringify(range));
      const part = await got.bytes();
      sameBytes(part, bytes.subarray(start, end), JSON.stringify(range));
      ok(part.byteLength === part.buffer.byteLength || part.length === 0, 'bytes that own their buffer');
    }
    equal((await store.get(key('a'), { range: { start: 1, end: 2 } }))!.verified, false);
    for (const range of [{ start: 1000 }, { start: 1001, end: 1002 }, { start: 5000 }]) {
      await rejects(store.get(key('a'), { range }), 'RangeNotSatisfiable');
    }
    for (const range of [{ start: -1 }, { end: -1 }, { start: 5, end: 4 }, { start: 0.5 }, { start: NaN }, { end: Infinity }]) {
      await rejects(store.get(key('a'), { range }), 'InvalidArgument');
    }
  });

  check('a range of a large object, as a stream', ['read', 'write', 'ranges'], async ({ store, key }) => {
    const bytes = noise(3_000_001);
    await store.put(key('a'), bytes);
    const got = await store.get(key('a'), { range: { start: 1_000_003, end: 2_900_000 } });
    sameBytes(await new Response(got!.stream()).arrayBuffer(), bytes.subarray(1_000_003, 2_900_000));
  });

  check('conditional reads', ['read', 'write', 'conditionalReads'], async ({ store, key }) => {
    await store.put(key('a'), 'hello');
    const head = await store.head(key('a'));
    const etag = head?.etag;
    ok(etag, 'an ETag');
    equal(await (await store.get(key('a'), { ifMatch: etag }))!.text(), 'hello');
    equal(await (await store.get(key('a'), { ifMatch: validator(head) }))!.text(), 'hello');
    await rejects(store.get(key('a'), { ifMatch: otherValidator(validator(head)) }), 'PreconditionFailed');
    await rejects(store.get(key('a'), { ifNoneMatch: etag }), 'NotModified');
    equal(await (await store.get(key('a'), { ifNoneMatch: '"00000000000000000000000000000000"' }))!.text(), 'hello');
    equal(await store.get(key('missing'), { ifNoneMatch: etag }), null);
    await store.put(key('a'), 'other');
    await rejects(store.get(key('a'), { ifMatch: etag }), 'PreconditionFailed');
    equal(await (await store.get(key('a'), { ifNoneMatch: etag }))!.text(), 'other');
  });

  check('text and JSON', ['read', 'write'], async ({ store, key }) => {
    await store.put(key('t'), 'grüße 😀');
    equal(await (await store.get(key('t')))!.text(), 'grüße 😀');
    await store.put(key('j'), JSON.stringify({ a: [1, 'ü', null] }));
    equal(await (await store.get(key('j')))!.json(), { a: [1, 'ü', null] });
    await rejects((await store.get(key('t')))!.json(), (error) => error instanceof SyntaxError);
  });

  check('a body is taken once', ['read', 'write'], async ({ store, key }) => {
    await store.put(key('a'), 'hello');
    const got = (await store.get(key('a')))!;
    await got.bytes();
    await rejects(() => got.bytes(), 'InvalidArgument');
    await rejects(() => got.stream(), 'InvalidArgument');
    const unread = (await store.get(key('a')))!;
    await unread[asyncDispose]();
    await unread[asyncDispose]();
    await rejects(() => unread.text(), 'InvalidArgument');
  });

  check('a stream that is left half-read does no harm', ['read', 'write'], async ({ store, key }) => {
    const bytes = noise(2_000_000);
    await store.put(key('a'), bytes);
    for (let round = 0; round < 3; round++) {
      const got = (await store.get(key('a')))!;
      const reader = got.stream().getReader();
      const { value } = await reader.read();
      ok(value && value.length > 0);
      sameBytes(value, bytes.subarray(0, value.length));
      await reader.cancel('seen enough');
      await got[asyncDispose]();
    }
    sameBytes(await (await store.get(key('a')))!.bytes(), bytes);
  });

  check('two readers at once', ['read', 'write'], async ({ store, key }) => {
    const bytes = noise(1_500_000);
    await store.put(key('a'), bytes);
    const [one, two] = await Promise.all([store.get(key('a')), store.get(key('a'))]);
    const slow = one!.stream().getReader();
    const parts: Uint8Array<ArrayBuffer>[] = [(await slow.read()).value!];
    sameBytes(await two!.bytes(), bytes, 'the second');
    for (let step = await slow.read(); !step.done; step = await slow.read()) parts.push(step.value);
    sameBytes(await new Blob(parts).arrayBuffer(), bytes, 'the first');
  });

  check('bytes that were handed out are the caller’s', ['read', 'write'], async ({ store, key }) => {
    const mine = noise(100);
    await store.put(key('a'), mine);
    const want = mine.slice();
    mine.fill(0);
    const got = await (await store.get(key('a')))!.bytes();
    sameBytes(got, want, 'what was put');
    got.fill(0);
    sameBytes(await (await store.get(key('a')))!.bytes(), want, 'what was got');
  });

  check('an object that changes while it is read', ['read', 'write'], async ({ store, key }) => {
    const [old, fresh] = [noise(3_000_000, 1), noise(3_000_000, 2)];
    await store.put(key('a'), old);
    const reader = (await store.get(key('a')))!.stream().getReader();
    const parts = [(await reader.read()).value!];
    await store.put(key('a'), fresh);
    try {
      for (let step = await reader.read(); !step.done; step = await reader.read()) parts.push(step.value);
      sameBytes(await new Blob(parts).arrayBuffer(), old, 'all old');
    } catch (error) {
      await rejects(Promise.reject(error), 'ObjectChanged');
    }
    sameBytes(await (await store.get(key('a')))!.bytes(), fresh, 'then all new');
  });

  check('an object that is replaced before its first byte is asked for', ['read', 'write'], async ({ store, key }) => {
    await store.put(key('a'), 'old bytes');
    const got = (await store.get(key('a')))!;
    await store.put(key('a'), 'new bytes');
    // What the result says of the object must hold for its bytes.
    try {
      equal(await got.text(), 'old bytes');
    } catch (error) {
      await rejects(Promise.reject(error), 'ObjectChanged');
    }
  });

  check('stored bytes of an object labelled gzip', ['read', 'write', 'headers'], async ({ store, key, can }) => {
    const plain = new TextEncoder().encode('hello hello hello hello hello');
    const bytes = await gzipped(plain);
    await store.put(key('a'), bytes, { contentEncoding: 'gzip', contentType: 'text/plain' });
    const got = (await store.get(key('a')))!;
    const range = store.get(key('a'), { range: { start: 0, end: 2 } });
    if (can.storedBytes) {
      sameBytes(await got.bytes(), bytes);
      // a page asks for them in a way that hides how they are encoded; head tells
      equal([got.decoded, got.contentEncoding ?? (can.storedBytes === 'signed' ? 'gzip' : undefined)], [false, 'gzip']);
      sameBytes(await (await range)!.bytes(), Uint8Array.of(0x1f, 0x8b));
      const head = (await store.head(key('a')))!;
      equal([head.contentEncoding, head.sizeBytes], ['gzip', bytes.length]);
    } else {
      // refused, by us or because the server would send all of it; never short or silently wrong bytes
      await rejects(range, (error) => isCloudError(error, 'NotSupported') || isCloudError(error, 'RangeNotSupported'));
      sameBytes(await got.bytes(), plain);
      equal([got.decoded, got.verified], [true, false]);
    }
  });
}
