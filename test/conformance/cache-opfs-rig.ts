/**
 * OPFS containers for the suite: one folder each, with calls that fail on demand.
 *
 * @module
 */
import type { CacheContainer, CacheKey } from '../../src/cache/container/container.ts';
import { openOpfsContainer, type OpfsContainerOptions } from '../../src/cache/container/opfs-container.ts';
import { decodeHead, decodeKey, HEAD_BYTES } from '../../src/cache/container/opfs-record.ts';
import { env, uniqueName } from '../env.ts';
import { ok, skip } from '../harness.ts';
import type { CacheRig, Damage, RigOptions } from './cache-rig.ts';
import { faultyOpfs, type FaultyOpfs, type OpfsCall } from './faulty-opfs.ts';
import { platformNames } from './platform-errors.ts';

/** Whether there should be sync access handles here: no page has them, nor has WebKitGTK. */
export const expectsSlab = (): boolean => env().worker && env().engine !== 'webkit';

/** A place for one container. */
export interface OpfsPlace {
  readonly name: string;
  readonly faulty: FaultyOpfs;
  readonly root: FileSystemDirectoryHandle;
  open(options?: OpfsContainerOptions): Promise<CacheContainer | undefined>;
  remove(): Promise<void>;
}

/** Makes a place. */
export async function makePlace(): Promise<OpfsPlace> {
  const name = uniqueName('cache');
  const root = await navigator.storage.getDirectory();
  const faulty = faultyOpfs(root);
  return {
    name,
    faulty,
    root,
    open: (options = {}) => openOpfsContainer({ folder: name, directory: async () => faulty.directory, ...options }),
    remove: () => root.removeEntry(name, { recursive: true }).catch(() => {}),
  };
}

interface Stored {
  offset: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Damage a record: what becomes of its bytes. */
function damaged(mine: Uint8Array<ArrayBuffer>, how: Damage, other: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (how === 'move') return other;
  const bytes = mine.slice();
  const { jsonBytes } = decodeHead(mine)!;
  if (how === 'flip') bytes[HEAD_BYTES + jsonBytes + ((mine.length - HEAD_BYTES - jsonBytes) >> 1)]! ^= 4;
  if (how === 'flipMeta') bytes[HEAD_BYTES + 3]! ^= 1;
  return how === 'truncate' ? bytes.slice(0, -1) : bytes;
}

/** Find a record in the slab. */
function inSlab(faulty: FaultyOpfs, key: CacheKey): Stored {
  const file = faulty.sync()!;
  const size = file.getSize();
  for (let offset = 0; offset < size;) {
    const bytes = new Uint8Array(HEAD_BYTES);
    file.read(bytes, { at: offset });
    const head = decodeHead(bytes)!;
    const json = new Uint8Array(head.jsonBytes);
    file.read(json, { at: offset + HEAD_BYTES });
    const found = head.live ? decodeKey(json, head) : undefined;
    if (found && found.object === key.object && found.namespace === key.namespace && found.part === key.part) {
      const record = new Uint8Array(head.totalBytes);
      file.read(record, { at: offset });
      return { offset, bytes: record };
    }
    offset += head.totalBytes;
  }
  throw new Error('not in the slab');
}

async function inFiles(
  { root, name }: OpfsPlace,
  key: CacheKey,
): Promise<{ handle: FileSystemFileHandle; bytes: Uint8Array<ArrayBuffer> }> {
  const folder = await (await root.getDirectoryHandle(name)).getDirectoryHandle('files');
  const iterator = folder.keys();
  for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
    if (!step.value.startsWith(`${key.namespace}-${key.object}-${key.part}-`)) continue;
    const handle = await folder.getFileHandle(step.value);
    return { handle, bytes: new Uint8Array(await (await handle.getFile()).arrayBuffer()) };
  }
  throw new Error('not in the files');
}

/** Makes the rig of one layout; skips where there can be none. */
export const makeOpfsRig =
  (layout: 'slab' | 'files') =>
  async ({ budgetBytes }: RigOptions): Promise<CacheRig> => {
    if (layout === 'slab' && !expectsSlab()) skip('no sync access handles');
    const place = await makePlace();
    const { faulty } = place;
    const container = await place.open({ budgetBytes, layout });
    ok(container, `OPFS as ${layout}`);
    const calls: Record<'get' | 'put', readonly OpfsCall[]> =
      layout === 'slab' ? { get: ['syncRead'], put: ['syncWrite'] } : { get: ['getFile'], put: ['createWritable'] };
    const names = layout === 'slab' ? platformNames : [...platformNames, 'never'];
    return {
      container,
      // The slab's chain holds another record of another length no more than it holds a shorter one.
      damages: layout === 'slab' ? ['flip', 'flipMeta'] : ['flip', 'flipMeta', 'truncate', 'move'],
      async corrupt(key, how, other) {
        if (layout === 'slab') {
          const mine = inSlab(faulty, key);
          faulty.sync()!.write(damaged(mine.bytes, how, mine.bytes), { at: mine.offset });
          return;
        }
        const mine = await inFiles(place, key);
        const writer = await mine.handle.createWritable();
        await writer.write(damaged(mine.bytes, how, how === 'move' ? (await inFiles(place, other)).bytes : mine.bytes));
        await writer.close();
      },
      async litter() {
        const folder = await place.root.getDirectoryHandle(place.name);
        await folder.getFileHandle('probe-of-the-dead', { create: true });
        if (layout === 'slab') return 1;
        const files = await folder.getDirectoryHandle('files');
        for (const name of ['tmp-1-1', 'tmp-1-1.crswap-not', 'other']) await files.getFileHandle(name, { create: true });
        return 4;
      },
      faults: {
        get: names,
        put: [...names, 'QuotaExceededError'],
        // After it nothing more is written, and nobody else can have the place.
        quota: ['QuotaExceededError'],
        fail: (when, name) => faulty.fail(calls[when], name),
      },
      async close() {
        await container.close();
        await place.remove();
      },
    };
  };
