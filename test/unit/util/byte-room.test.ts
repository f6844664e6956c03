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

test('room for bytes: a buffer serves what is somewhat smaller as well, and parts of uploads have one of just their size', async () => {
  const room = createByteRoom(100 << 20);
  const held = await room.buffer(1);
  const first = await room.buffer(300_000);
  const memory = first.bytes.buffer;
  ok(memory.byteLength >= 300_000 && memory.byteLength <= 375_000, `${memory.byteLength}`);
  first.release();
  for (const size of [300_000, 250_000, memory.byteLength]) {
    const again = await room.buffer(size);
    equal([again.bytes.buffer === memory, again.bytes.byteOffset, again.bytes.length], [true, 0, size]);
    again.release();
  }
  for (const size of [memory.byteLength + 1, 1000]) {
    const other = await room.buffer(size);
    ok(other.bytes.buffer !== memory, `not for ${size}`);
    other.release(null);
  }
  // the smallest that does
  const [small, large] = [await room.buffer(200_000), await room.buffer(400_000)];
  small.release();
  large.release();
  const between = await room.buffer(190_000);
  equal(between.bytes.buffer, small.bytes.buffer);
  const part = await room.buffer(5 << 20);
  equal(part.bytes.buffer.byteLength, 5 << 20);
  part.release();
  const shorter = await room.buffer((5 << 20) - 1);
  equal(shorter.bytes.buffer.byteLength, (5 << 20) - 1);
  for (const { release } of [shorter, between, held]) release();
  equal(room.state.usedBytes, 0);
});

test('room for bytes: what is still read, or was taken by somebody, is not given to others', async () => {
  const room = createByteRoom(10 << 20);
  const held = await room.buffer(1);
  const one = await room.buffer(200_000);
  one.release(null);
  const two = await room.buffer(200_000);
  ok(two.bytes.buffer !== one.bytes.buffer);
  structuredClone(two.bytes, { transfer: [two.bytes.buffer] });
  two.release();
  const three = await room.buffer(200_000);
  equal([three.bytes.length, three.bytes.buffer.byteLength >= 200_000], [200_000, true]);
  three.release();
  held.release();
});
