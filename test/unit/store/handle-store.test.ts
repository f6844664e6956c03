// Folders that a page was handed: OPFS stands in for the user's own, whose dialogs no test can answer.
import { openHandleStore } from '../../../src/open/handle-store.ts';
import { isCloudError } from '../../../src/errors.ts';
import { storeSuite } from '../../conformance/store-suite.ts';
import { uniqueName } from '../../env.ts';
import { equal, ok, rejects, skip, test } from '../../harness.ts';

const absent = 'this engine has no origin private file system';

/** A new folder, and its end. */
async function folder(): Promise<{ handle: FileSystemDirectoryHandle; close(): Promise<void> }> {
  const root = await globalThis.navigator?.storage?.getDirectory?.().catch(() => undefined);
  if (!root || !('createWritable' in FileSystemFileHandle.prototype)) skip(absent);
  const name = uniqueName('handle');
  const handle = await root.getDirectoryHandle(name, { create: true });
  return { handle, close: () => root.removeEntry(name, { recursive: true }).catch(() => {}) };
}

storeSuite('handle', {
  async open() {
    const { handle, close } = await folder();
    return { store: openHandleStore(handle, { mode: 'readwrite' }), close };
  },
});

test('handle: without OPFS every call says so', async () => {
  if ('FileSystemDirectoryHandle' in globalThis) skip('this engine has handles');
  const store = openHandleStore({ kind: 'directory', name: 'a' } as FileSystemDirectoryHandle);
  await rejects(store.get('a'), 'NotSupported');
  await rejects(store.list()[Symbol.asyncIterator]().next(), 'NotSupported');
});

test('handle: read alone unless it is said otherwise; a file is had for uploads', async () => {
  const { handle, close } = await folder();
  const [reader, writer] = [openHandleStore(handle), openHandleStore(handle, { mode: 'readwrite' })];
  equal(await reader.permission(), 'granted');
  await rejects(reader.put('a', 'x'), 'NotSupported');
  await writer.put('deep/a.txt', 'hello');
  equal(await (await reader.get('deep/a.txt'))!.text(), 'hello');
  const source = await reader.source('deep/a.txt');
  ok('getFile' in source, 'a handle');
  equal(await (await source.getFile()).text(), 'hello');
  await rejects(reader.source('deep/none'), 'NotFound');
  await close();
});

test('handle: what the user has not allowed is refused at once, and a browser that never answers is left', async () => {
  const { handle, close } = await folder();
  let state: PermissionState | undefined = 'prompt';
  const asked: string[] = [];
  Object.assign(handle, {
    queryPermission: async ({ mode }: { mode: string }) => {
      asked.push(mode);
      return state ?? new Promise<never>(() => {});
    },
    requestPermission: async () => {
      if (state === 'denied') return new Promise<never>(() => {});
      return (state = 'granted');
    },
  });
  const store = openHandleStore(handle, { mode: 'readwrite' });
  for (const call of [store.get('a'), store.put('a', 'x'), store.delete('a'), store.list()[Symbol.asyncIterator]().next()])
    await rejects(call, (error) => isCloudError(error, 'PermissionDenied') && error.providerCode === 'NeedsGesture');
  equal([...new Set(asked)].sort(), ['read', 'readwrite']);
  equal(await store.permission(), 'prompt');
  equal(await store.request(), 'granted');
  await store.put('a', 'x');
  state = 'denied';
  equal(await store.permission(), 'denied');
  const stop = new AbortController();
  const request = store.request({ signal: stop.signal });
  stop.abort(new Error('left'));
  await rejects(request, (error) => error === stop.signal.reason);
  state = undefined;
  const late = new AbortController();
  const read = store.get('a', { signal: late.signal });
  setTimeout(() => late.abort(new Error('late')), 20);
  await rejects(read, (error) => error === late.signal.reason);
  await close();
});
