import { createMemoryStore } from '../../../src/store/memory.ts';
import { withPrefix } from '../../../src/store/wrap/prefix.ts';
import { withReadonly } from '../../../src/store/wrap/readonly.ts';
import type { ObjectStore } from '../../../src/types.ts';
import { storeSuite } from '../../conformance/store-suite.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

storeSuite('memory with a prefix', {
  open: async () => ({ store: withPrefix(createMemoryStore({ bucket: 'suite' }), 'some where/'), close: async () => {} }),
  seed: async (store, keys) => {
    for (const key of keys) await store.put(key, 'x');
  },
});

test('withPrefix: keys are below it, and answers do not say so', async () => {
  const whole = createMemoryStore({ bucket: 'b' });
  const part = withPrefix(whole, 'p/');
  equal(part.url, 'mem://b/p/');
  equal(withPrefix(whole, ''), whole);
  await whole.put('q/x', 'not mine');
  equal((await part.put('x', 'mine')).key, 'x');
  ok(await whole.head('p/x'));
  equal((await part.get('x'))!.key, 'x');
  const keys: string[] = [];
  for await (const page of part.list()) keys.push(...page.objects.map((info) => info.key));
  equal(keys, ['x']);
  const expected = (await part.head('x'))!;
  equal((await part.setMetadata!('x', { a: '1' }, { expected }))?.key, 'x');
  equal([(await whole.head('p/x'))!.metadata, await part.setMetadata!('y', {})], [{ a: '1' }, null]);
  await part.delete(['x', 'y']);
  equal(await whole.head('p/x'), null);
  ok(await whole.head('q/x'));
});

test('withPrefix: signed addresses and failed deletes', async () => {
  const asked: unknown[] = [];
  const fake: ObjectStore = {
    ...createMemoryStore({ bucket: 'b' }),
    signUrl: async (key, options) => {
      asked.push([key, options?.query]);
      return 'https://signed';
    },
    delete: async (keys) => ({ deleted: [], errors: [keys].flat().map((key) => ({ key, error: new Error('no') })) }),
  };
  const part = withPrefix(fake, 'p/');
  await part.signUrl!('x');
  await part.signUrl!('', { method: 'LIST', query: { prefix: 'y', delimiter: '/' } });
  await part.signUrl!('ann/', { method: 'LIST' });
  await part.signUrl!('ann/', { method: 'LIST', query: { prefix: 'bo/' } });
  await part.signUrl!('', { method: 'LIST' });
  equal(asked, [
    ['p/x', undefined],
    ['', { prefix: 'p/y', delimiter: '/' }],
    ['p/ann/', { prefix: 'p/ann/' }],
    ['p/ann/', { prefix: 'p/bo/' }],
    ['', { prefix: 'p/' }],
  ]);
  equal(
    (await part.delete(['x'])).errors.map(({ key }) => key),
    ['x'],
  );
});

test('withReadonly: reads pass, nothing else', async () => {
  const whole = createMemoryStore({ bucket: 'b' });
  await whole.put('a', 'hello');
  const store = withReadonly(whole);
  equal(await (await store.get('a'))!.text(), 'hello');
  equal((await store.head('a'))!.sizeBytes, 5);
  let pages = 0;
  for await (const page of store.list()) pages += page.objects.length;
  equal(pages, 1);
  await rejects(store.put('a', 'x'), 'NotSupported');
  await rejects(store.delete('a'), 'NotSupported');
  await rejects(store.delete(['a']), 'NotSupported');
  await rejects(store.copy!('a', 'b'), 'NotSupported');
  await rejects(store.setMetadata!('a', { a: '1' }), 'NotSupported');
  equal([store.capabilities.write, store.capabilities.read, store.capabilities.copy], [false, true, false]);
  equal(store.signUrl, undefined);
  equal(await (await whole.get('a'))!.text(), 'hello');
});

test('withReadonly: signs for reading only', async () => {
  const store = withReadonly({
    ...createMemoryStore({ bucket: 'b' }),
    signUrl: async (_, options) => `https://signed?${options?.method ?? 'GET'}`,
  });
  for (const method of [undefined, 'GET', 'HEAD', 'LIST'] as const)
    ok((await store.signUrl!('a', { method })).startsWith('https://signed'));
  for (const method of ['PUT', 'DELETE', 'PART'] as const) await rejects(store.signUrl!('a', { method }), 'NotSupported');
});
