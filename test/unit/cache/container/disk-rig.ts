/**
 * A disk container on a folder of its own, and ways to do it harm.
 *
 * @module
 */
import { openCacheFiles, openScratch } from '#platform';
import type { CacheContainer, CacheKey } from '../../../../src/cache/container/container.ts';
import { openDiskContainer } from '../../../../src/cache/container/disk-container.ts';
import { placeOf } from '../../../../src/cache/container/disk-format.ts';
import type { CacheFiles } from '../../../../src/platform/types.ts';
import type { CacheRig, Damage, Faults, RigOptions } from '../../../conformance/cache-rig.ts';
import { env, uniqueName } from '../../../env.ts';
import { equal, skip } from '../../../harness.ts';
import { fakeCacheFiles, type FakeCall, type FakeFiles } from './fake-cache-files.ts';

const HOUR_MS = 3_600_000;
/** Every error of the system that was thought of. */
export const systemErrors: readonly string[] = 'ENOSPC EDQUOT EIO EMFILE EACCES EPERM EBUSY ENOENT EEXIST EROFS'.split(' ');

/** A rig that shows what is behind it. */
export interface DiskRig extends CacheRig {
  /** The files themselves, below `anyfile`. */
  readonly real: CacheFiles;
  readonly fake: FakeFiles;
  /** Path of the folder of caches. */
  readonly folder: string;
  /** Temporary files may be left when this is over, since something never came to its end. */
  leavesTemps: boolean;
}

/** All bytes of a file. */
export function readAll(files: CacheFiles, path: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(files.statSync(path).sizeBytes);
  const file = files.openSync(path);
  files.readSync(file, bytes, 0);
  files.closeSync(file);
  return bytes;
}

async function replace(files: CacheFiles, path: string, bytes: Uint8Array): Promise<void> {
  files.removeSync(path);
  await files.write(path, [bytes], false);
}

/** Paths of all files below a folder. */
export function pathsBelow(files: CacheFiles, folder: string): string[] {
  try {
    return files.listSync(folder).flatMap((name) => pathsBelow(files, `${folder}/${name}`));
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return [];
    return [folder];
  }
}

async function damage(files: CacheFiles, key: CacheKey, how: Damage, other: CacheKey): Promise<void> {
  const { path } = placeOf(key);
  const bytes = readAll(files, how === 'move' ? placeOf(other).path : path);
  const at = how === 'flipMeta' ? 70 : Math.max(0, bytes.length - 1 - (key.sizeBytes >> 1));
  if (how === 'flip' || how === 'flipMeta') bytes[at]! ^= 16;
  await replace(files, path, how === 'truncate' ? bytes.subarray(0, -1) : bytes);
}

function faultsOf(fake: FakeFiles, rig: () => DiskRig): Faults {
  const put = ['write', 'renameSync'].flatMap((call) => [...systemErrors, 'null'].map((name) => `${call} ${name}`));
  const folders = systemErrors.filter((name) => name !== 'ENOENT' && name !== 'EEXIST').map((name) => `makeFolderSync,write ${name}`);
  return {
    get: [...['openSync', 'readSync'].flatMap((call) => [...systemErrors, 'null'].map((name) => `${call} ${name}`)), 'never'],
    put: [...put, ...folders, 'write short', 'never'],
    quota: [...put, ...folders].filter((name) => /ENOSPC|EDQUOT/.test(name)),
    fail(when, name) {
      if (name === 'never') {
        if (when === 'put') rig().leavesTemps = true;
        return fake.fail([when === 'get' ? 'read' : 'write'], name);
      }
      const [calls = '', error = ''] = name.split(' ');
      return fake.fail(calls.split(',') as FakeCall[], error);
    },
  };
}

/**
 * Makes a disk container in a folder of its own; skips where there is no disk.
 *
 * @param pieceMs 0 has it read large values off the thread, whose calls alone can hang
 */
export async function makeDiskRig({ budgetBytes }: RigOptions, pieceMs = 0): Promise<DiskRig> {
  const { folder: scratch } = await openScratch();
  const folder = `${scratch}/${uniqueName('cache')}`;
  const real = (await openCacheFiles(`${folder}/anyfile`)) ?? skip(`${env().engine} has no files`);
  const fake = fakeCacheFiles(real);
  let ahead = 0;
  let littered = 0;
  const open = async (): Promise<CacheContainer> =>
    (await openDiskContainer({ folder, budgetBytes, files: fake.files, now: () => Date.now() + ahead, pieceMs }))!;
  const container = await open();
  const rig: DiskRig = {
    real,
    fake,
    folder,
    leavesTemps: false,
    container,
    open2: open,
    corrupt: (key, how, other) => damage(real, key, how, other),
    async age() {
      ahead += 61_000;
      for (const path of pathsBelow(real, 'v1')) real.touchSync(path, real.statSync(path).mtimeMs - HOUR_MS);
    },
    async litter() {
      real.makeFolderSync('v1/tmp');
      // Nobody has this number: Linux counts to 2^22.
      const alive = `v1/tmp/${real.processId}-abc-${++littered}`;
      await real.write(`v1/tmp/999999999-abc-${littered}`, [new Uint8Array(10)], false);
      await real.write(alive, [new Uint8Array(10)], false);
      await real.write(`${alive}9`, [new Uint8Array(10)], false);
      real.touchSync(`${alive}9`, Date.now() - 1.1 * HOUR_MS);
      rig.leavesTemps = true;
      return 2;
    },
    faults: faultsOf(fake, () => rig),
    async close() {
      await container.close();
      const temps = pathsBelow(real, 'v1/tmp');
      await real.removeFolder('..');
      equal(fake.wrong, []);
      if (!rig.leavesTemps) equal(temps, [], 'nothing is left of what was not put');
    },
  };
  return rig;
}
