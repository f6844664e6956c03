/** The buffers of a room for bytes. */
import { delay } from '../../../src/util/abort.ts';
import { createByteRoom } from '../../../src/util/byte-room.ts';
import { equal, ok, test } from '../../harness.ts';

test('room for bytes: buffers that are given back at the same time serve those who begin next, and are forgotten when nobody does', async () => {
  const room = createByteRoom(1000);
  const first = [await room.buffer(10), await room.buffer(10)];
  const buffers = new Set(first.map(({ bytes }) => bytes.buffer));
  equal(buffers.size, 2);
  for (const { release } of first) release();
  equal(room.state.usedBytes, 0);
  const next = [await room.buffer(10), await room.buffer(10)];
  ok(
    next.every(({ bytes }) => buffers.has(bytes.buffer)),
    'the same memory',
  );
  for (const { release } of next) release();
  await delay(20);
  const later = await room.buffer(10);
  ok(!buffers.has(later.bytes.buffer), 'other memory');
  later.release();
});
