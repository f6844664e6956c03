import * as zarr from 'zarrita';
import { createZarrStore } from '../../../src/adapters/zarrita.ts';
import { Client } from '../../../src/client.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { copiesOf } from './files.ts';

type Store = zarr.Readable;

const int = (values: unknown): number[] => [...(values as Int16Array)].map(Number);
const sum = (values: unknown): number => int(values).reduce((all, one) => all + one, 0);

async function openArray(store: Store, name: string): Promise<zarr.Array<zarr.DataType>> {
  return await zarr.open.v3(zarr.root(store).resolve(name), { kind: 'array' });
}

/** Chunks that are objects of their own: all, a part, and some that are not there. */
async function lookAtPlain(store: Store): Promise<unknown[]> {
  const plain = await openArray(store, 'plain');
  const part = await zarr.get(plain, [zarr.slice(60, 70), zarr.slice(120, 140)]);
  const all = await zarr.get(plain);
  const sparse = await zarr.get(await openArray(store, 'sparse'), [zarr.slice(15, 25)]);
  return [int(part.data), sum(all.data), int(sparse.data)];
}

/** Chunks that are parts of shards: some of one, and a band through two. */
async function lookAtSharded(store: Store): Promise<unknown[]> {
  const sharded = await openArray(store, 'sharded');
  const part = await zarr.get(sharded, [zarr.slice(100, 110), zarr.slice(100, 103)]);
  const band = await zarr.get(sharded, [zarr.slice(0, 128), null]);
  return [int(part.data), sum(band.data)];
}

test('a private Zarr of zarr-python, with no more requests than FetchStore makes on a public one', async () => {
  const { known, publicUrl, privateUrl, client, publicRequests, privateRequests } = await copiesOf('data.zarr');
  const theirs = new zarr.FetchStore(publicUrl);
  const ours = createZarrStore(privateUrl, { client });
  const { plainPart, plainSum, shardedPart, shardedSum } = known.zarr;
  const sparse = [...Array.from({ length: 5 }, () => -1), ...Array.from({ length: 5 }, () => 7)];
  equal(await lookAtPlain(ours), [plainPart.flat(), plainSum, sparse]);
  equal(await lookAtPlain(theirs), [plainPart.flat(), plainSum, sparse]);
  equal([privateRequests(), await publicRequests()], [24, 24], 'requests for chunks');
  equal(await lookAtSharded(ours), [shardedPart.flat(), shardedSum]);
  equal(await lookAtSharded(theirs), [shardedPart.flat(), shardedSum]);
  const theirRequests = await publicRequests();
  await lookAtSharded(new zarr.FetchStore(publicUrl, { useSuffixRequest: true }));
  equal([privateRequests(), theirRequests, await publicRequests()], [8, 22, 20], 'requests for shards');
  await ours.close();
  await client.close();
});

test('ranges of one turn that lie together are fetched together', async () => {
  const { privateUrl, client, privateRequests } = await copiesOf('data.zarr');
  const store = createZarrStore(privateUrl, { client });
  const whole = (await store.get('/sharded/c/0/0'))!;
  privateRequests();
  const ranges = Array.from({ length: 16 }, (_, i) => ({ offset: i * 10_000, length: 10_000 }));
  const parts = await Promise.all(ranges.map((range) => store.getRange('/sharded/c/0/0', range)));
  for (const [i, { offset, length }] of ranges.entries()) sameBytes(parts[i], whole.subarray(offset, offset + length));
  equal(privateRequests(), 2);
  sameBytes(await store.getRange('/sharded/c/0/0', { suffixLength: 100 }), whole.subarray(-100));
  sameBytes(await store.getRange('/sharded/c/0/0', { suffixLength: 1e9 }), whole);
  await store.close();
  await client.close();
});

test('what is missing is undefined, what fails is an error, and what is written is read', async () => {
  const client = new Client({});
  const store = createZarrStore('mem://zarr/a.zarr', { client, maxOpen: 2 });
  equal([await store.get('/zarr.json'), await store.getRange('/c/0', { offset: 0, length: 4 })], [undefined, undefined]);
  const array = await zarr.create(zarr.root(store).resolve('/a'), { shape: [4], chunkShape: [2], dtype: 'int32' });
  await zarr.set(array, [null], { data: new Int32Array([1, 2, 3, 4]), shape: [4], stride: [1] });
  equal(int((await zarr.get(await openArray(store, 'a'), [null])).data), [1, 2, 3, 4]);
  for (const name of ['a', 'b', 'c', 'a'] as const) {
    await store.set(`/${name}`, new TextEncoder().encode(`of ${name}`));
    equal(new TextDecoder().decode(await store.getRange(`/${name}`, { offset: 3, length: 9 })), name);
  }
  const reason = new Error('enough');
  await rejects(store.get('/zarr.json', { signal: AbortSignal.abort(reason) }), (error) => error === reason);
  await store.close();
  await rejects(store.get('/zarr.json'), 'InvalidArgument');
  await rejects(store.getRange('/zarr.json', { offset: 0, length: 1 }), 'InvalidArgument');
  ok(client.store('mem://zarr/'), 'the client is still there');
  await client.close();
});

test('a shard that is replaced is never read half and half', async () => {
  const client = new Client({});
  const store = createZarrStore('mem://zarr/b.zarr', { client, blockBytes: 1024, gapBytes: 0 });
  await store.set('/shard', new Uint8Array(9000).fill(1));
  await store.getRange('/shard', { offset: 0, length: 10 });
  await client.store('mem://zarr/b.zarr/').put('shard', new Uint8Array(9000).fill(2));
  await rejects(store.getRange('/shard', { offset: 5000, length: 10 }), 'ObjectChanged');
  sameBytes(await store.getRange('/shard', { offset: 5000, length: 10 }), new Uint8Array(10).fill(2), 'the next read is of the new one');
  await store.close();
  await client.close();
});

test('a part that is read after a shard was written is of what was written', async () => {
  const client = new Client({});
  const store = createZarrStore('mem://zarr/c.zarr', { client, blockBytes: 1024, gapBytes: 0 });
  for (const value of [1, 2, 3]) {
    await store.set('/shard', new Uint8Array(9000).fill(value));
    // A block that was read of the one before, and one that was not.
    for (const offset of [0, value * 1000]) {
      sameBytes(await store.getRange('/shard', { offset, length: 10 }), new Uint8Array(10).fill(value), `${value} at ${offset}`);
    }
  }
  await store.close();
  await client.close();
});

for (const who of ['the store', 'somebody else'])
  test(`places of an index are refused once ${who} wrote another shard, until the index is read again`, async () => {
    const client = new Client({});
    const store = createZarrStore('mem://zarr/d.zarr', { client, blockBytes: 1024, gapBytes: 0 });
    const other = client.store('mem://zarr/d.zarr/');
    const index = (): Promise<Uint8Array | undefined> => store.getRange('/shard', { suffixLength: 10 });
    const chunk = (offset: number): Promise<Uint8Array | undefined> => store.getRange('/shard', { offset, length: 10 });
    await store.set('/shard', new Uint8Array(9000).fill(1));
    for (const value of [2, 3]) {
      await index();
      const bytes = new Uint8Array(8000).fill(value);
      await (who === 'the store' ? store.set('/shard', bytes) : other.put('shard', bytes));
      for (let i = 0; i < 3; i++) await rejects(chunk(value * 1000), 'ObjectChanged');
      sameBytes(await index(), new Uint8Array(10).fill(value), 'the index');
      sameBytes(await chunk(1000), new Uint8Array(10).fill(value), 'a chunk');
    }
    await store.close();
    await client.close();
  });
