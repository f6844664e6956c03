/** Whose copies are whose when addresses are signed, and what stays on an object whose bytes a platform decodes. */
import { identityOf, shownKeyOf } from '../../../../src/cloudpath/copies/desk.ts';
import type { CloudObject } from '../../../../src/cloudpath/copies/types.ts';
import { withHandle } from '../../../../src/handle/with-handle.ts';
import type { ObjectStore } from '../../../../src/index.ts';
import { textOf } from '../../../conformance/copies-rules.ts';
import { withRig } from '../../../conformance/copies-rig.ts';
import { env } from '../../../env.ts';
import { equal, test } from '../../../harness.ts';

const usual = /^(node|bun|deno)/.test(env().engine) ? 'disk' : 'indexeddb';

test('copies: what signs an address of the web is neither written down nor makes another copy', async () => {
  const object = (signature: string): CloudObject => {
    const signed = `X-Amz-Algorithm=A&X-Amz-Credential=C&X-Amz-Date=D&X-Amz-Expires=9&X-Amz-SignedHeaders=host&X-Amz-Signature=${signature}`;
    const key = `d/a@b?id=1&${signed}`;
    return { url: `https://h/${key}`, bucket: 'h', key, store: undefined as never, namespace: async () => '0'.repeat(16) };
  };
  const [one, two] = [await identityOf(object('SECRET1')), await identityOf(object('SECRET2'))];
  equal([one, one.key, one.url, shownKeyOf(object('SECRET1'))], [two, 'd/a@b?id=1', 'https://h/d/a@b?id=1', 'd/a@b']);
  equal((await identityOf({ ...object(''), key: 'a#1?q=1#2' })).key, 'a#1?q=1%232');
  const plain = { ...object(''), url: 's3://h/k', key: 'k?Signature=of-its-own' };
  equal([(await identityOf(plain)).key, shownKeyOf(plain)], [plain.key, plain.key]);
});

test('copies: a client that forces still reads its copies offline', () =>
  withRig('mem', usual, async (rig) => {
    await rig.setCloud('a', 'CLOUD');
    await textOf(rig, rig.object('a'));
    const copies = rig.another({ freshness: 'offline', forceOverwriteFromCloud: true });
    equal([await textOf({ copies }, rig.object('a')), rig.gets('a')], ['CLOUD', 1]);
  }));

test('copies: bytes that were decoded are not sent as encoded ones, and the metadata stays', () =>
  withRig('mem', usual, async (rig) => {
    const about = { contentEncoding: 'gzip', metadata: { who: 'me' } };
    const encode = (key: string): Promise<unknown> => rig.store.put(key, 'encoded bytes', about);
    await encode('a');
    // As in a page: the bytes are decoded, and headers that are not exposed are not there.
    const store: ObjectStore = {
      ...rig.store,
      capabilities: { ...rig.store.capabilities, storedBytes: false },
      async get(key, options) {
        const result = (await rig.store.get(key, options))!;
        const shown = { stream: () => new Response('text').body!, sizeBytes: NaN, decoded: true, metadata: {} };
        return new Proxy(result, {
          get(of, name) {
            if (name in shown) return shown[name as keyof typeof shown];
            const member = Reflect.get(of, name, of) as unknown;
            return typeof member === 'function' ? (member as () => unknown).bind(of) : member;
          },
        });
      },
    };
    const object = (key: string): CloudObject => ({ ...rig.object(key), store });
    const now = async (key: string): Promise<unknown> => {
      const { contentEncoding, metadata } = (await rig.store.head(key))!;
      return [await rig.cloud(key), contentEncoding, metadata];
    };
    const more = async (key: string): Promise<unknown> =>
      withHandle(await rig.copies.open(object(key), 'a'), (file) => file.write(' more'));
    await more('a');
    equal(await now('a'), ['text more', undefined, { who: 'me' }]);
    await encode('b');
    await textOf(rig, object('b'));
    await more('b');
    equal(await now('b'), ['text more', undefined, { who: 'me' }]);
    // The copy itself, after a failure.
    await encode('c');
    const failing: CloudObject = { ...object('c'), store: { ...store, put: () => Promise.reject(new Error('no')) } };
    const handle = await rig.copies.open(failing, 'a');
    await handle.write(' more');
    await handle.close().catch(() => {});
    await rig.copies.upload(object('c'), { disk: rig.disk, path: `${rig.dir}/bkt/c` });
    equal(await now('c'), ['text more', undefined, { who: 'me' }]);
  }));
