/** Writing: bodies, keys, conditions, metadata, copies, deletes, signed addresses. */
import { isCloudError } from '../../src/errors.ts';
import type { Body } from '../../src/types.ts';
import { equal, ok, rejects, sameBytes, skip } from '../harness.ts';
import { noise } from './noise.ts';
import { chunked, type Check, gzipped, listed, otherValidator, sorted, validator } from './suite.ts';

/** Keys that have gone wrong somewhere. Without a backslash: not every disk has it. */
const ODD_KEYS = [
  'with space',
  ' leading and trailing ',
  'plus+plus',
  '100%',
  '%41',
  'a%2Fb',
  "quo'te(1)*!",
  '"double"<>',
  'semi;colon:comma,at@',
  'amp&er=sand?mark#hash',
  'brackets[x]{y}^|`$',
  '.hidden',
  'trailing.dot.',
  '..dots/a..b/c...',
  'ünï/cödé',
  '中文/キー',
  'emoji 😀/\u{1f468}\u200d\u{1f469}',
  'fullwidth ～',
  'a/very/deep/key/with/many/segments/in/it',
  'UPPER',
  'x'.repeat(200),
];

export function writeChecks(check: Check): void {
  check('a body that is given away is stored before it is given back', ['read', 'write'], async ({ store, key }) => {
    for (const size of [1, 1000, 300 * 1024]) {
      const bytes = noise(size, size);
      const body = new Uint8Array(new ArrayBuffer(size + 50), 0, size);
      body.set(bytes);
      const spares: Uint8Array<ArrayBuffer>[] = [];
      const put = await store.put(key('given'), body, { durable: false, giveAway: (spare) => void spares.push(spare) });
      equal(put.sizeBytes, size);
      ok(spares.length <= 1, 'told once');
      for (const spare of spares) {
        equal([spare.length, spare.buffer.byteLength], [size, size + 50], 'all of the buffer');
        sameBytes(spare, bytes);
        spare.fill(1);
      }
      sameBytes(await (await store.get(key('given')))!.bytes(), bytes, 'nobody read it any more');
    }
  });

  check('what is refused gives nothing back', ['write', 'conditionalWrites'], async ({ store, key }) => {
    await store.put(key('there'), 'x');
    const told: unknown[] = [];
    const options = { durable: false, ifAbsent: true, giveAway: (spare: unknown) => void told.push(spare) };
    await rejects(store.put(key('there'), noise(1000), options), 'PreconditionFailed');
    equal(told, []);
  });

  check('every kind of body', ['read', 'write'], async ({ store, key }) => {
    const bytes = noise(70_000);
    const stream = (): ReadableStream<Uint8Array> => new Blob([bytes]).stream();
    const middle = new Uint8Array(80_000);
    middle.set(bytes, 5000);
    const text = 'grüße '.repeat(999);
    const bodies: [string, () => Body, Uint8Array?][] = [
      ['text', () => text, new TextEncoder().encode(text)],
      ['view', () => middle.subarray(5000, 75_000)],
      ['buffer', () => bytes.slice().buffer],
      ['blob', () => new Blob([bytes])],
      ['response', () => new Response(stream())],
      ['stream', stream],
      ['iterable', () => chunked(bytes, 1234)],
      ['empty stream', () => new Blob([]).stream(), new Uint8Array()],
      ['empty text', () => '', new Uint8Array()],
    ];
    for (const [name, make, want = bytes] of bodies) {
      const put = await store.put(key(name), make());
      equal(put.sizeBytes, want.length, name);
      sameBytes(await (await store.get(key(name)))!.bytes(), want, name);
    }
    const known = await store.put(key('known size'), chunked(bytes, 4096), { sizeBytes: bytes.length });
    equal(known.sizeBytes, bytes.length);
    sameBytes(await (await store.get(key('known size')))!.bytes(), bytes, 'known size');
    for (const body of [7, null, {}, [1, 2]]) await rejects(store.put(key('none'), body as never), 'InvalidArgument');
    equal(await store.head(key('none')), null);
  });

  check('an object is replaced', ['read', 'write'], async ({ store, key }) => {
    const first = await store.put(key('a'), noise(5000, 1));
    const second = await store.put(key('a'), 'short');
    ok(first.etag === undefined || first.etag !== second.etag, 'another ETag');
    const third = await store.put(key('a'), 'sHort');
    ok(third.etag === undefined || third.etag !== second.etag, 'another ETag for other bytes of the same length');
    const got = (await store.get(key('a')))!;
    equal([got.totalBytes, await got.text()], [5, 'sHort']);
  });

  check('odd keys', ['read', 'write', 'list'], async (corner) => {
    const { store, key, options } = corner;
    const keys = ODD_KEYS.filter((one) => options.fits?.(one) ?? true);
    ok(keys.length > 5, 'keys to try');
    await Promise.all(keys.map((one, i) => store.put(key(one), `${i}`)));
    equal((await listed(corner)).keys, sorted(keys));
    for (const [i, one] of keys.entries()) {
      const got = await store.get(key(one));
      equal([got?.key, await got?.text()], [key(one), `${i}`], one);
      equal((await store.head(key(one)))?.key, key(one));
      equal((await listed(corner, { prefix: one })).keys.includes(one), true, one);
    }
    const gone = await store.delete(keys.map(key));
    equal([sorted(gone.deleted), gone.errors], [sorted(keys.map(key)), []]);
    equal((await listed(corner)).keys, []);
  });

  check('a key beside keys below it', ['read', 'write', 'list'], async (corner) => {
    const { store, key, can } = corner;
    await store.put(key('a'), 'file');
    await store.put(key('d/x'), 'below');
    if (!can.keysAsPrefixes) {
      await rejects(store.put(key('a/b'), 'no'), 'AlreadyExists');
      await rejects(store.put(key('d'), 'no'), 'AlreadyExists');
      equal(await store.get(key('a/b')), null);
      equal(await store.get(key('d')), null);
      equal(await store.head(key('d')), null);
      await store.delete(key('d'));
    } else {
      await store.put(key('a/b'), 'below');
      await store.put(key('d'), 'file');
      equal(await (await store.get(key('a/b')))!.text(), 'below');
      equal((await listed(corner, { delimiter: '/' })).prefixes, ['a/', 'd/']);
    }
    equal(await (await store.get(key('a')))!.text(), 'file');
    equal(await (await store.get(key('d/x')))!.text(), 'below');
    equal((await listed(corner)).keys, can.keysAsPrefixes ? ['a', 'a/b', 'd', 'd/x'] : ['a', 'd/x']);
  });

  check('keys that cannot be', ['read', 'write'], async ({ store, key }) => {
    for (const bad of ['', key('a\0b'), key('\ud800')]) {
      await rejects(store.get(bad), 'InvalidArgument');
      await rejects(store.head(bad), 'InvalidArgument');
      await rejects(store.put(bad, 'x'), 'InvalidArgument');
      await rejects(store.delete(bad), 'InvalidArgument');
    }
    // Dots: refused, or a key like any other; in no case another object.
    await store.put(key('target'), 'mine');
    for (const dots of ['sub/../target', './target', 'sub/..', '.']) {
      try {
        await store.put(key(dots), 'dots');
        equal(await (await store.get(key(dots)))!.text(), 'dots');
        await store.delete(key(dots));
      } catch (error) {
        ok(isCloudError(error, 'InvalidArgument'), String(error));
      }
      equal(await (await store.get(key('target')))!.text(), 'mine', dots);
    }
  });

  check('conditional writes', ['read', 'write', 'conditionalWrites'], async ({ store, key }) => {
    const text = async (): Promise<string | undefined> => (await store.get(key('a')))?.text();
    await store.put(key('a'), 'one', { ifAbsent: true });
    await rejects(store.put(key('a'), 'two', { ifAbsent: true }), 'PreconditionFailed');
    equal(await text(), 'one');
    const one = validator(await store.head(key('a')));
    await rejects(store.put(key('a'), 'two', { ifMatch: otherValidator(one) }), 'PreconditionFailed');
    await rejects(store.put(key('none'), 'two', { ifMatch: one }), 'PreconditionFailed');
    equal(await store.head(key('none')), null);
    equal(await text(), 'one');
    await store.put(key('a'), 'two', { ifMatch: one });
    equal(await text(), 'two');
    await rejects(store.put(key('a'), 'six', { ifMatch: one }), 'PreconditionFailed');
    equal(await text(), 'two');
  });

  check('conditional deletes', ['read', 'write', 'conditionalWrites'], async ({ store, key }) => {
    await store.put(key('a'), 'one');
    const one = validator(await store.head(key('a')));
    await rejects(store.delete(key('a'), { ifMatch: otherValidator(one) }), 'PreconditionFailed');
    ok(await store.head(key('a')), 'the object');
    await rejects(store.delete([key('a')], { ifMatch: one }), 'InvalidArgument');
    await store.delete(key('a'), { ifMatch: one });
    equal(await store.head(key('a')), null);
  });

  check('of 50 writers that want a free name one wins', ['read', 'write', 'list', 'conditionalWrites'], async (corner) => {
    const { store, key } = corner;
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => store.put(key('a'), `writer ${i}`, { ifAbsent: true })));
    const winners = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' ? [i] : []));
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') ok(isCloudError(outcome.reason, 'PreconditionFailed'), String(outcome.reason));
    equal(winners.length, 1, 'winners');
    equal(await (await store.get(key('a')))!.text(), `writer ${winners[0]}`);
    equal((await listed(corner)).keys, ['a']);
  });

  check('a counter that many raise by condition', ['read', 'write', 'conditionalWrites'], async ({ store, key }) => {
    await store.put(key('n'), '10');
    const raise = async (): Promise<void> => {
      for (;;) {
        const got = (await store.get(key('n')))!;
        const own = validator(got);
        try {
          await store.put(key('n'), `${Number(await got.text()) + 1}`, { ifMatch: own });
          return;
        } catch (error) {
          if (!isCloudError(error, 'PreconditionFailed') && !isCloudError(error, 'ObjectChanged')) throw error;
        }
      }
    };
    await Promise.all([raise(), raise(), raise(), raise(), raise()]);
    equal(await (await store.get(key('n')))!.text(), '15');
  });

  check('user metadata', ['read', 'write'], async ({ store, key, can }) => {
    const metadata = { a: '1', 'some-name': 'value with spaces; and=signs' };
    if (!can.metadata) {
      await rejects(store.put(key('a'), 'x', { metadata }), 'NotSupported');
      equal(await store.head(key('a')), null);
      await store.put(key('a'), 'x', { metadata: {} });
      equal((await store.head(key('a')))!.metadata, {});
      return;
    }
    await store.put(key('a'), 'x', { metadata });
    equal((await store.head(key('a')))!.metadata, metadata);
    equal((await store.get(key('a')))!.metadata, metadata);
    await store.put(key('a'), 'y');
    equal((await store.head(key('a')))!.metadata, {}, 'a new object has its own');
  });

  check('content headers', ['read', 'write'], async ({ store, key, can }) => {
    const headers = {
      contentType: 'text/csv',
      cacheControl: 'no-cache',
      contentDisposition: 'attachment; filename="a.csv"',
      contentLanguage: 'de',
    };
    await store.put(key('a'), 'x', headers);
    equal(await (await store.get(key('a')))!.text(), 'x');
    if (!can.headers) return;
    const pick = ({ contentType, cacheControl, contentDisposition, contentLanguage }: typeof headers | Record<string, never>): unknown => ({
      contentType,
      cacheControl,
      contentDisposition,
      contentLanguage,
    });
    equal(pick((await store.head(key('a'))) as never), headers, 'head');
    const got = (await store.get(key('a')))!;
    equal([got.contentType], [headers.contentType], 'get');
    await store.put(key('blob'), new Blob(['x'], { type: 'image/png' }));
    equal((await store.head(key('blob')))!.contentType, 'image/png', 'of a Blob');
    await store.put(key('blob'), new Blob(['x'], { type: 'image/png' }), { contentType: 'a/b' });
    equal((await store.head(key('blob')))!.contentType, 'a/b', 'of the caller');
  });

  check('copy', ['read', 'write', 'copy'], async ({ store, key, can }) => {
    const bytes = await gzipped(noise(5000));
    const about = {
      ...(can.headers && { contentType: 'text/csv', contentEncoding: 'gzip' }),
      ...(can.metadata && { metadata: { a: '1' } }),
    };
    await store.put(key('a'), bytes, about);
    const copied = await store.copy!(key('a'), key('to/b c'));
    equal([copied?.key, copied?.sizeBytes ?? bytes.length], [key('to/b c'), bytes.length]);
    const head = (await store.head(key('to/b c')))!;
    equal(head.sizeBytes, bytes.length);
    equal(head.metadata, can.metadata ? { a: '1' } : {});
    if (can.headers) equal([head.contentType, head.contentEncoding], ['text/csv', 'gzip']);
    ok(await store.head(key('a')), 'the source');
    equal(await store.copy!(key('missing'), key('to/x')), null);
    equal(await store.head(key('to/x')), null);
    await store.put(key('a'), 'new');
    await store.copy!(key('a'), key('to/b c'));
    equal(await (await store.get(key('to/b c')))!.text(), 'new', 'replaced');
    if (can.metadata) {
      await store.copy!(key('a'), key('to/b c'), { metadata: { z: '26' } });
      equal((await store.head(key('to/b c')))!.metadata, { z: '26' });
    } else await rejects(store.copy!(key('a'), key('c'), { metadata: { z: '26' } }), 'NotSupported');
  });

  check('copy of one version of the source only', ['read', 'write', 'copy', 'conditionalReads'], async ({ store, key }) => {
    await store.put(key('a'), 'one');
    await store.put(key('b'), 'other');
    const before = (await store.head(key('a')))!;
    const ifMatch = before.generation ?? before.etag;
    ok(ifMatch);
    // the condition is of the source, whatever stands in the target's place
    ok(await store.copy!(key('a'), key('b'), { ifMatch }));
    equal(await (await store.get(key('b')))!.text(), 'one');
    await store.put(key('a'), 'changed');
    await rejects(store.copy!(key('a'), key('b'), { ifMatch }), 'PreconditionFailed');
    equal(await (await store.get(key('b')))!.text(), 'one');
  });

  check('copy to a free name only', ['read', 'write', 'copy', 'conditionalWrites'], async ({ store, key }) => {
    await store.put(key('a'), 'source');
    await store.put(key('b'), 'there');
    await rejects(store.copy!(key('a'), key('b'), { ifAbsent: true }), 'PreconditionFailed');
    equal(await (await store.get(key('b')))!.text(), 'there');
    await store.copy!(key('a'), key('c'), { ifAbsent: true });
    equal(await (await store.get(key('c')))!.text(), 'source');
  });

  check('many are deleted at once, missing ones too', ['read', 'write', 'list'], async (corner) => {
    const { store, key } = corner;
    await Promise.all(['a', 'b', 'sub/c', 'stays'].map((name) => store.put(key(name), 'x')));
    const names = ['a', 'missing', 'b', 'sub/c', 'no/such'].map(key);
    const { deleted, errors } = await store.delete(names);
    equal([sorted(deleted), errors], [sorted(names), []]);
    equal(await listed(corner), { keys: ['stays'], prefixes: [] });
    equal(await listed(corner, { delimiter: '/' }), { keys: ['stays'], prefixes: [] }, 'no folder is left to see');
    equal(await store.delete([]), { deleted: [], errors: [] });
  });

  check('folders and times, where there are any', ['read', 'write'], async ({ store, key, prefix }) => {
    if (!store.touch || !store.isFolder) skip('this store has no folders');
    equal([await store.isFolder(prefix.slice(0, -1)), await store.isFolder(key('d'))], [false, false]);
    const { etag } = await store.put(key('d/a'), 'x');
    equal([await store.isFolder(''), await store.isFolder(prefix.slice(0, -1)), await store.isFolder(key('d'))], [true, true, true]);
    equal([await store.isFolder(key('d/a')), await store.isFolder(key('none')), await store.isFolder(key('d//a'))], [false, false, false]);
    equal([await store.touch(key('d/a')), await store.touch(key('d')), await store.touch(key('none'))], [true, false, false]);
    const touched = (await store.get(key('d/a')))!;
    equal([await touched.text(), touched.etag === etag], ['x', false], 'the same bytes, another version');
    equal(await store.head(key('none')), null);
  });

  check('signed addresses', ['read', 'write', 'signUrl'], async ({ store, key }) => {
    const name = key('a b+c');
    const put = await fetch(await store.signUrl!(name, { method: 'PUT' }), { method: 'PUT', body: 'by address' });
    ok(put.ok, `PUT, got ${put.status}`);
    equal(await (await store.get(name))!.text(), 'by address');
    const got = await fetch(await store.signUrl!(name), { cache: 'no-store' });
    equal([got.status, await got.text()], [200, 'by address']);
    const tampered = new URL(await store.signUrl!(name));
    tampered.pathname += 'x';
    const refused = await fetch(tampered, { cache: 'no-store' }).catch(() => undefined); // no CORS header: a page sees nothing at all
    ok(!refused?.ok, 'a refusal of another key');
  });
}
