/** Clients that work on the same copies at the same time, their calls in any order. */
import { createUses, type Desk } from '../../../../src/cloudpath/copies/desk.ts';
import { openCopy } from '../../../../src/cloudpath/copies/open-copy.ts';
import { Owners } from '../../../../src/cloudpath/copies/owners.ts';
import type { CloudObject } from '../../../../src/cloudpath/copies/types.ts';
import { withHandle } from '../../../../src/handle/with-handle.ts';
import { createMemoryDisk } from '../../../../src/platform/memory-disk.ts';
import type { Disk } from '../../../../src/platform/types.ts';
import { createMemoryStore } from '../../../../src/store/memory.ts';
import { env } from '../../../env.ts';
import { equal, ok, test } from '../../../harness.ts';

/** Numbers from 0 to 1, the same for a seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A disk whose calls take some turns of the loop, each another number. */
function slow(disk: Disk, random: () => number): Disk {
  const wait = async (): Promise<void> => {
    for (let turns = Math.floor(random() * 6); turns > 0; turns--) await Promise.resolve();
    if (random() < 0.02) await new Promise((resolve) => void setTimeout(resolve));
  };
  return new Proxy(disk, {
    get(of, name) {
      const member = Reflect.get(of, name) as unknown;
      if (typeof member !== 'function' || name === 'lock') return member;
      return async (...given: unknown[]) => {
        await wait();
        const result: unknown = await (member as (...all: unknown[]) => unknown).apply(of, given);
        await wait();
        return result;
      };
    },
  });
}

test('copies: four clients append and read at once: no line is lost, none is torn', async () => {
  const random = randomOf(env().seed);
  const memory = createMemoryDisk();
  await memory.makeDirectory('/c/.anyfile');
  const store = createMemoryStore({ bucket: 'b' });
  const keys = ['a', 'd/b'];
  for (const key of keys) await store.put(key, '');
  const saved: [key: string, line: string][] = [];
  const seen: Record<string, number> = {};
  const client = async (id: number): Promise<void> => {
    const desk: Desk = {
      home: { disk: slow(memory, random), dir: '/c', grainMs: 0, backslash: true },
      freshness: 'revalidate',
      clock: () => Date.now() + (id - 2) * 86_400_000,
      owners: new Owners(),
      forceOverwriteFromCloud: false,
      forceOverwriteToCloud: false,
      uses: createUses(),
    };
    const nothing = { used: () => {}, closed: async () => {}, over: async () => {} };
    for (let n = 0; n < 60; n++) {
      const key = keys[Math.floor(random() * keys.length)]!;
      const object: CloudObject = { url: `mem://b/${key}`, bucket: 'b', key, store, namespace: async () => '0123456789abcdef' };
      const open = (mode: string, force = false): ReturnType<typeof openCopy> =>
        openCopy(desk, object, mode, { forceOverwriteFromCloud: force }, nothing);
      const line = `${id}.${n} ${'x'.repeat(n)};\n`;
      let what = 'read';
      try {
        if (random() < 0.5) {
          await withHandle(await open('a'), (file) => file.write(line));
          saved.push([key, line]);
          what = 'append';
        } else {
          const text = await withHandle(await open('r'), (file) => file.readText());
          ok(text === '' || text.endsWith(';\n'), `torn: ${text.slice(-50)}`);
        }
      } catch (error) {
        what = (error as Error).name;
        if (!what.startsWith('Overwrite')) throw error;
        // Whoever was refused begins anew; what others left is none of its business, most of the time.
        if (what === 'OverwriteNewerCloudError' || random() < 0.2) await withHandle(await open('r', true), () => {});
      }
      seen[what] = (seen[what] ?? 0) + 1;
    }
  };
  await Promise.all([1, 2, 3, 4].map(client));
  for (const key of keys) {
    const text = await (await store.get(key))!.text();
    for (const [where, line] of saved) if (where === key) equal(text.split(line).length, 2, `${key} ${line}`);
  }
  ok((seen['append'] ?? 0) > 0 && (seen['read'] ?? 0) > 0, JSON.stringify(seen));
});
