/** Readers of ranges over a store behind a cache: what one read the next one need not fetch. */
import { openReader } from '../../../../src/cache/blocks/reader.ts';
import { equal, rejects, sameBytes, test } from '../../../harness.ts';
import { bytesOf, rig } from './cache-rig.ts';

const large = bytesOf(300_000);
const block = 0x10000;

test('cache store: a reader asks once, and then reads what is kept of that version', async () => {
  const { base, store, calls } = rig();
  await base.put('a', large);
  const first = await openReader(store, 'a');
  sameBytes((await first.read([{ start: 100_000, end: 300_000 }]))[0], large.subarray(100_000));
  await first.close();
  calls();
  const second = await openReader(store, 'a');
  equal(calls(), [`get 0-${block} if-none-match`]);
  const [head, tail] = await second.read([
    { start: 0, end: 10 },
    { start: 200_000, end: 300_000 },
  ]);
  sameBytes(head, large.subarray(0, 10));
  sameBytes(tail, large.subarray(200_000));
  equal(calls(), [], 'blocks that the first one brought');
  await base.put('a', bytesOf(300_000, 5));
  sameBytes((await second.read([{ start: 150_000, end: 150_010 }]))[0], large.subarray(150_000, 150_010), 'of the version that it saw');
  await second.close();
  const third = await openReader(store, 'a');
  sameBytes((await third.read([{ start: 0, end: 9 }]))[0], bytesOf(9, 5));
  await base.put('a', large);
  await rejects(third.read([{ start: 250_000, end: 250_001 }]), 'ObjectChanged');
  await third.close();
});
