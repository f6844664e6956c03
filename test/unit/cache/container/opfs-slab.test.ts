// The slab, on a file in memory: whenever the worker dies, in the middle of a write too, what is found afterwards is right, and all that was there.
import { idOf } from '../../../../src/cache/container/opfs-backing.ts';
import { encodeRecord } from '../../../../src/cache/container/opfs-record.ts';
import { openSlab, type SyncFile } from '../../../../src/cache/container/opfs-slab.ts';
import { bytesFor, entryFor, keyOf } from '../../../conformance/cache-rig.ts';
import { env } from '../../../env.ts';
import { equal, ok, sameBytes, test } from '../../../harness.ts';

interface MemoryFile extends SyncFile {
  data: Uint8Array<ArrayBuffer>;
  /** Called before each write, with what the file would be if it broke off half-way. */
  onWrite?: (before: Uint8Array<ArrayBuffer>, torn: Uint8Array<ArrayBuffer>) => void;
}

function memoryFile(data: Uint8Array<ArrayBuffer> = new Uint8Array(0)): MemoryFile {
  const written = (bytes: Uint8Array, at: number): Uint8Array<ArrayBuffer> => {
    const next = new Uint8Array(Math.max(file.data.length, at + bytes.length));
    next.set(file.data);
    next.set(bytes, at);
    return next;
  };
  const file: MemoryFile = {
    data,
    read(into, { at }) {
      const some = file.data.subarray(at, at + into.length);
      into.set(some);
      return some.length;
    },
    write(bytes, { at }) {
      file.onWrite?.(file.data, written(bytes.subarray(0, bytes.length >> 1), at));
      file.data = written(bytes, at);
      return bytes.length;
    },
    truncate(size) {
      const next = new Uint8Array(size);
      next.set(file.data.subarray(0, size));
      file.data = next;
    },
    getSize: () => file.data.length,
    flush() {},
    close() {},
  };
  return file;
}

const keys = Array.from({ length: 40 }, (_, i) => keyOf(i, 20 + ((i * 37) % 400)));
const records = new Map(keys.map((key) => [idOf(key), encodeRecord(entryFor(key), 1)!]));
const byId = new Map(keys.map((key) => [idOf(key), key]));

/** What a client finds that comes after the end of the last one. @returns ids of right values */
async function found(data: Uint8Array<ArrayBuffer>): Promise<Set<string>> {
  const slab = openSlab(memoryFile(data));
  const right = new Set<string>();
  for (const [id, item] of slab.items) {
    const entry = slab.readSync!(item);
    if (!entry) continue;
    sameBytes(entry.bytes, bytesFor(byId.get(id)!));
    right.add(id);
  }
  return right;
}

/** Numbers that follow from the run's seed. */
function randomNumbers(): (below: number) => number {
  let state = env().seed | 1;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

test('slab: a death at any write loses nothing that was kept, and a torn write nothing but what it wrote over', async () => {
  const next = randomNumbers();
  const file = memoryFile();
  const slab = openSlab(file);
  let states: [whole: Uint8Array<ArrayBuffer>, torn: Uint8Array<ArrayBuffer>][] = [];
  file.onWrite = (before, torn) => void states.push([before, torn]);
  let moved = 0;
  for (let step = 0; step < 120; step++) {
    const before = new Set(slab.items.keys());
    states = [];
    const kind = next(10);
    if (kind < 6) {
      const key = keys[next(keys.length)]!;
      await slab.write(key, records.get(idOf(key))!, step);
    } else if (kind < 9) {
      await slab.remove(
        [...slab.items.values()].filter(() => next(6) === 0),
        kind === 8,
      );
    } else {
      await slab.tidy();
      moved += states.length;
      equal([slab.wasted(), file.data.length], [0, slab.bytes()]);
    }
    for (const [whole, torn] of [...states, [file.data, file.data]] as typeof states) {
      const there = await found(whole);
      // All that was there before the step and is there after it was there all the time.
      for (const id of before) if (slab.items.has(id)) ok(there.has(id), `step ${step} (${kind}): ${id}`);
      await found(torn);
    }
    equal([...(await found(file.data))].sort(), [...slab.items.keys()].sort());
  }
  ok(moved > 5, `${moved} records were moved`);
});

test('slab: a file of anything at all is cut to what it is worth', async () => {
  const file = memoryFile();
  const slab = openSlab(file);
  for (const key of keys.slice(0, 10)) await slab.write(key, records.get(idOf(key))!, 1);
  const next = randomNumbers();
  for (let i = 0; i < 200; i++) {
    const data = file.data.slice(0, next(2) ? file.data.length : next(file.data.length));
    for (let n = next(4); n >= 0 && data.length; n--) data[next(data.length)]! ^= 1 << next(8);
    await found(data);
  }
  equal(openSlab(memoryFile(new Uint8Array(1000))).items.size, 0);
});
