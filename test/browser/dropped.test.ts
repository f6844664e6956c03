// What is dropped on a page. Programs can only drop files; whole folders are dropped in test/node/page-transfers.test.ts.
import { openDropped } from '../../src/index.ts';
import { env } from '../env.ts';
import { equal, rejects, skip, test } from '../harness.ts';

function drop(...files: File[]): DataTransfer {
  if (env().worker) skip('nothing is dropped on a worker');
  const data = new DataTransfer();
  for (const file of files) data.items.add(file);
  data.items.add('a text beside them', 'text/plain');
  if (data.files.length === files.length) return data;
  // WebKit lets programs put no files there
  const items = files.map((file) => ({ kind: 'file', getAsFile: () => file }));
  return { items: [{ kind: 'string', getAsFile: () => null }, ...items] } as unknown as DataTransfer;
}

test('dropped files are a store that can be read, those of one name too', async () => {
  const store = await openDropped(drop(new File(['one'], 'a.txt'), new File(['two'], 'a.txt'), new File(['three'], 'b')));
  const keys: string[] = [];
  for await (const { objects } of store.list()) keys.push(...objects.map(({ key }) => key));
  equal(keys, ['a (2).txt', 'a.txt', 'b']);
  equal(await (await store.get('a (2).txt'))!.text(), 'two');
  equal(await (await store.get('a.txt', { range: { start: 1, end: 3 } }))!.text(), 'ne');
  equal(await store.get('c'), null);
  equal(await store.permission(), 'granted');
  const source = await store.source('b');
  equal(await (source as File).text(), 'three');
  await rejects(store.put('b', 'x'), 'NotSupported');
});

test('a drop without files is an empty store', async () => {
  const store = await openDropped(drop());
  equal((await store.list()[Symbol.asyncIterator]().next()).value?.objects ?? [], []);
});
