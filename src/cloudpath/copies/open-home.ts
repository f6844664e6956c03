/**
 * Opening the folder that copies are in: one that lasts, or one that goes with its client.
 *
 * @module
 */
import { absolutePath, openDisk, openOpfs, openScratch } from '#platform';
import { browserLocks, holdIfFree, ifFree } from '../../cache/container/web-lock.ts';
import { InvalidConfigurationError } from '../../cache/object/errors.ts';
import { createMemoryDisk } from '../../platform/memory-disk.ts';
import type { Disk } from '../../platform/types.ts';
import type { CacheOptions } from '../../types.ts';
import { ROOM, roomOf, type Home } from './home.ts';

/** A folder, and its end. */
export interface OpenHome {
  readonly home: Home;
  /** Whether what is in it stays. */
  readonly lasting: boolean;
  /** Takes away a folder that does not last. */
  end(): Promise<void>;
}

/** Which folder. */
export interface HomeOptions extends Pick<CacheOptions, 'container' | 'dir' | 'encrypt'> {
  lasting: boolean;
}

interface Storage extends Omit<Home, 'dir'> {
  /** Where folders of this disk belong when nobody says. */
  readonly usual: string | undefined;
  /** The system's disk, whose temporary folders the platform looks after. */
  readonly ofSystem?: boolean;
}

const USUAL = '/anyfile-copies';
const DAY_MS = 86_400_000;

/** @throws InvalidConfigurationError a folder of this machine's disk has to be given for what lasts */
export async function openHome(options: HomeOptions): Promise<OpenHome> {
  const { lasting } = options;
  const { usual, ofSystem, ...on } = await storageFor(options);
  const dir = options.dir === undefined ? usual : absolutePath(options.dir).replace(/(?<=.)\/+$/, '');
  const opened = lasting
    ? { dir: dir ?? needDir(), end: async () => {} }
    : await openSession(on.disk, ofSystem ? options.dir && dir : dir, ofSystem);
  const home = { ...on, dir: opened.dir };
  await home.disk.makeDirectory(roomOf(home));
  return { home, lasting, end: opened.end };
}

function needDir(): never {
  throw new InvalidConfigurationError('copies that last need a folder: the option cache.dir, or CLOUDPATHLIB_LOCAL_CACHE_DIR');
}

const inMemory = (): Storage => ({ disk: createMemoryDisk(), grainMs: 0, backslash: true, usual: USUAL });

async function storageFor({ container = 'auto', encrypt }: HomeOptions): Promise<Storage> {
  const system = container === 'auto' || container === 'disk' ? await openDisk() : undefined;
  if (system) return { disk: system, grainMs: 20, backslash: true, usual: undefined, ofSystem: true };
  // What has to be encrypted is not written down as it is.
  if (container === 'memory' || encrypt) return inMemory();
  if (container === 'opfs') {
    const opfs = await openOpfs();
    if (opfs) return { disk: opfs, grainMs: 2000, backslash: false, usual: USUAL };
  } else if (typeof indexedDB !== 'undefined') {
    const { openIndexedDbDisk } = await import('./indexeddb-disk.ts');
    const disk = await openIndexedDbDisk();
    if (disk) return { disk, grainMs: 0, backslash: true, usual: USUAL };
  }
  return inMemory();
}

async function openSession(
  disk: Disk,
  dir: string | undefined,
  ofSystem: boolean | undefined,
): Promise<{ dir: string; end: () => Promise<void> }> {
  const id = `${Date.now().toString(36)}-${crypto.randomUUID()}`;
  const at = ofSystem ? { folder: (await openScratch(dir)).folder, release: () => {} } : await holdFolder(disk, dir!, id);
  const folder = `${at.folder}/${id}`;
  return {
    dir: folder,
    async end() {
      await disk.removeDirectory(folder, { recursive: true }).catch(() => {});
      at.release();
    },
  };
}

const lockOf = (name: string): string => `anyfile:copies:${name}`;

/** Others see by its lock that the owner of a folder lives. The lock is there before the folder is. */
async function holdFolder(disk: Disk, dir: string, id: string): Promise<{ folder: string; release: () => void }> {
  const folder = `${dir}/${ROOM}/sessions`;
  const locks = browserLocks();
  for (const { name } of (await disk.list(folder)) ?? []) {
    const remove = (): Promise<void> => disk.removeDirectory(`${folder}/${name}`, { recursive: true }).catch(() => {});
    if (locks) await ifFree(locks, lockOf(name), remove);
    else if (Date.now() - parseInt(name, 36) > DAY_MS) await remove();
  }
  const release = await holdIfFree(locks, lockOf(id));
  return { folder, release: release ?? (() => {}) };
}
