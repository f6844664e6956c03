import { openOpfs } from '#platform';
import { createOpfsStore } from '../../../src/store/opfs.ts';
import { storeSuite } from '../../conformance/store-suite.ts';
import { noise } from '../../conformance/noise.ts';
import { uniqueName } from '../../env.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../../harness.ts';

const absent = 'this engine has no origin private file system';

storeSuite('opfs', {
  async open() {
    const disk = (await openOpfs()) ?? skip(absent);
    const root = `/${uniqueName('anyfile')}`;
    return { store: createOpfsStore({ root }), close: () => disk.removeDirectory(root, { recursive: true }).catch(() => {}) };
  },
});

test('opfs: where there is none, every call says so', async () => {
  if (await openOpfs()) skip('this engine has an origin private file system');
  const store = createOpfsStore();
  await rejects(store.get('a'), 'NotSupported');
  await rejects(store.put('a', 'x'), 'NotSupported');
  await rejects(store.list()[Symbol.asyncIterator]().next(), 'NotSupported');
});

test('opfs: two stores agree on versions, however fast files are replaced', async () => {
  const disk = (await openOpfs()) ?? skip(absent);
  const root = `/${uniqueName('anyfile')}`;
  const [one, two] = [createOpfsStore({ root }), createOpfsStore({ root })];
  const seen = new Set<string>();
  for (let i = 0; i < 8; i++) {
    const { etag } = await (i % 2 ? one : two).put('a', `same size ${i}`);
    equal((await (i % 2 ? two : one).head('a'))!.etag, etag);
    ok(etag && !seen.has(etag), 'a new ETag');
    seen.add(etag);
    if (i === 4) await one.delete('a');
  }
  await disk.removeDirectory(root, { recursive: true });
});

test('opfs: a view is written as a view, temporary files are not seen, a touch keeps the bytes', async () => {
  const disk = (await openOpfs()) ?? skip(absent);
  const root = `/${uniqueName('anyfile')}`;
  await disk.write(
    `${root}/a`,
    (async function* () {
      yield noise(16).subarray(4, 8);
      yield noise(16).subarray(8, 9);
    })(),
  );
  await disk.write(`${root}/.anyfile-left`, (async function* () {})());
  equal(
    (await disk.list(root))!.map(({ name }) => name),
    ['a'],
  );
  await disk.touch(`${root}/a`);
  const file = (await disk.open(`${root}/a`))!;
  for await (const chunk of file.read(0, file.sizeBytes)) sameBytes(chunk, noise(16).subarray(4, 9));
  await disk.rename(`${root}/a`, `${root}/sub/b`);
  equal(await disk.stat(`${root}/a`), null);
  equal((await disk.stat(`${root}/sub/b`))!.sizeBytes, 5);
  equal((await disk.stat('/'))!.kind, 'directory');
  await rejects(disk.touch(`${root}/none`), 'NotFound');
  await disk.removeDirectory(root, { recursive: true });
  equal(await disk.list(root), null);
});
