/** A process that ends at any call of the disk, before or after the call took effect: what the next one finds. */
import { createUses, type Desk } from '../../../../src/cloudpath/copies/desk.ts';
import { readWhole } from '../../../../src/cloudpath/copies/disk-io.ts';
import { openCopy } from '../../../../src/cloudpath/copies/open-copy.ts';
import { Owners } from '../../../../src/cloudpath/copies/owners.ts';
import type { CloudObject, OpenCopyOptions } from '../../../../src/cloudpath/copies/types.ts';
import { CloudError, type ObjectStore } from '../../../../src/index.ts';
import { createMemoryDisk } from '../../../../src/platform/memory-disk.ts';
import type { Disk, DiskEdit } from '../../../../src/platform/types.ts';
import { createMemoryStore } from '../../../../src/store/memory.ts';
import { decodeUtf8 } from '../../../../src/util/utf8.ts';
import { equal, ok, test } from '../../../harness.ts';

class Death extends Error {}

/** A disk that ends with a certain call. @param after once the call has taken effect */
function dying(disk: Disk, calls: number, after: boolean, died: () => void): Disk {
  let left = calls;
  const through = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(of, name) {
        const member = Reflect.get(of, name) as unknown;
        if (typeof member !== 'function' || name === 'then') return member;
        return (...given: unknown[]) => {
          if (name === 'lock') return (member as Disk['lock']).call(of, ...(given as Parameters<Disk['lock']>));
          if (name === 'read' && !('commit' in of)) return (member as (...all: unknown[]) => unknown).apply(of, given);
          const dead = --left < 0;
          const last = left === 0;
          if (dead || last) died();
          if (dead || (last && !after)) return Promise.reject(new Death('ended'));
          const result = (member as (...all: unknown[]) => unknown).apply(of, given);
          if (!(result instanceof Promise)) return result;
          return result.then((value: unknown) => {
            if (last) throw new Death('ended');
            return value && typeof value === 'object' && 'commit' in value ? through(value as DiskEdit) : value;
          });
        };
      },
    });
  return through(disk);
}

const deskOn = (disk: Disk): Desk => ({
  home: { disk, dir: '/c', grainMs: 0, backslash: true },
  freshness: 'revalidate',
  clock: Date.now,
  owners: new Owners(),
  forceOverwriteFromCloud: false,
  forceOverwriteToCloud: false,
  uses: createUses(),
});
const nothing = { used: () => {}, closed: async () => {}, over: async () => {} };

interface World {
  readonly disk: Disk;
  readonly store: ObjectStore;
  /** Uploads fail. */
  offline: boolean;
}

const objectIn = (world: World): CloudObject => ({
  url: 'mem://b/d/a',
  bucket: 'b',
  key: 'd/a',
  store: {
    ...world.store,
    put: (key, body, options) =>
      world.offline ? Promise.reject(new CloudError('offline', { code: 'Network' })) : world.store.put(key, body, options),
  },
  namespace: async () => '0123456789abcdef',
});

async function read(world: World, disk: Disk, options: OpenCopyOptions = {}): Promise<string> {
  const file = await openCopy(deskOn(disk), objectIn(world), 'r', options, nothing);
  const text = await file.readText();
  await file.close();
  return text;
}

async function write(world: World, disk: Disk, mode: string, text: string): Promise<void> {
  const file = await openCopy(deskOn(disk), objectIn(world), mode, {}, nothing);
  await file.write(text);
  await file.close();
}

interface Scenario {
  before(world: World): Promise<unknown>;
  act(world: World, disk: Disk): Promise<unknown>;
  /** Bytes that may be in an edit that stayed. */
  edit?: string;
}

const cloudIs = async ({ store }: World, text: string): Promise<unknown> => store.put('d/a', text);
const cloudOf = async ({ store }: World): Promise<string | undefined> => (await store.get('d/a'))?.text();
const scenarios: Record<string, Scenario> = {
  'a first copy': { before: (world) => cloudIs(world, 'one'), act: read },
  'a newer version': {
    async before(world) {
      await cloudIs(world, 'one');
      await read(world, world.disk);
      await cloudIs(world, 'two');
    },
    act: read,
  },
  'an upload': {
    async before(world) {
      await cloudIs(world, 'one');
      await read(world, world.disk);
    },
    act: (world, disk) => write(world, disk, 'a', ' more'),
  },
  'an upload over a version that was not fetched': {
    async before(world) {
      await cloudIs(world, 'one');
      await read(world, world.disk);
      await cloudIs(world, 'two');
    },
    act: (world, disk) => write(world, disk, 'w', 'new'),
  },
  'a new object': { before: async () => {}, act: (world, disk) => write(world, disk, 'x', 'new') },
  'an edit that cannot be uploaded': {
    async before(world) {
      await cloudIs(world, 'one');
      await read(world, world.disk);
      world.offline = true;
    },
    act: (world, disk) => write(world, disk, 'a', ' more'),
    edit: 'one more',
  },
  'an edit of a version that was not fetched': {
    async before(world) {
      await cloudIs(world, 'one');
      await read(world, world.disk);
      await cloudIs(world, 'two');
      world.offline = true;
    },
    act: (world, disk) => write(world, disk, 'w', 'new'),
    edit: 'new',
  },
};

for (const [name, { before, act, edit }] of Object.entries(scenarios)) {
  test(`copies: ${name}, ended at any call`, async () => {
    let deaths = 0;
    let edits = 0;
    for (const after of [false, true]) {
      // A death that nobody was told of changes nothing: only several calls without one are the end.
      for (let calls = 1, without = 0; without < 8; calls++) {
        ok(calls < 200, 'an end');
        const world: World = { disk: createMemoryDisk(), store: createMemoryStore({ bucket: 'b' }), offline: false };
        await world.disk.makeDirectory('/c/.anyfile');
        await before(world);
        let ended = false;
        // Whoever has uploaded is told of no death.
        const died = (): void => void (ended = true);
        await act(world, dying(world.disk, calls, after, died)).catch(() => {});
        const local = await readWhole(world.disk, '/c/b/d/a');
        without = ended ? 0 : without + 1;
        if (ended) deaths++;
        world.offline = false;
        const cloud = await cloudOf(world);
        const what = `${after ? 'after' : 'before'} call ${calls}`;
        const next = await read(world, world.disk).then(
          (text) => ({ text }),
          (thrown: Error) => ({ thrown }),
        );
        if ('text' in next) equal(next.text, cloud, what);
        else if (next.thrown.name === 'CloudPathFileNotFoundError') equal(cloud, undefined, what);
        else {
          // Only an edit is refused, and it is whole.
          equal([next.thrown.name, local && decodeUtf8(local)], ['OverwriteNewerLocalError', edit], what);
          edits++;
          equal(await read(world, world.disk, { forceOverwriteFromCloud: true }), cloud, what);
        }
      }
    }
    ok(deaths > 10, `${deaths} deaths`);
    equal(edits > 0, edit !== undefined, 'edits stayed');
  });
}
