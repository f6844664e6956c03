/**
 * A folder for what need not outlive the page.
 *
 * @module
 */
import { TEMPORARY } from '../../util/path.ts';
import { createMemoryDisk } from '../memory-disk.ts';
import type { Disk } from '../types.ts';
import { openOpfs } from './opfs.ts';

/** Hidden from listings, as all names that begin so. */
const SCRATCH = `/${TEMPORARY}scratch`;
const DAY_MS = 86_400_000;

let opened: Promise<{ disk: Disk; folder: string }> | undefined;

/** The page's or worker's own folder, on the origin's disk or else in memory. What pages left that ended is removed: over a day ago, where there are no locks to
 * tell who lives. */
export function openScratch(): Promise<{ disk: Disk; folder: string }> {
  return (opened ??= open());
}

async function open(): Promise<{ disk: Disk; folder: string }> {
  const disk = await openOpfs();
  if (!disk) return { disk: createMemoryDisk(), folder: SCRATCH };
  await scrub(disk).catch(() => {});
  const name = `${Date.now().toString(36)}-${crypto.randomUUID()}`;
  const folder = `${SCRATCH}/${name}`;
  // Held as long as the page lives: by this others see that it does, from before the folder is there.
  await new Promise<void>((resolve) => {
    const { locks } = navigator;
    if (!locks) return resolve();
    locks.request(lockOf(name), () => new Promise<void>(() => resolve())).catch(() => resolve());
  });
  await disk.makeDirectory(folder);
  return { disk, folder };
}

const lockOf = (name: string): string => `anyfile:scratch:${name}`;

async function scrub(disk: Disk): Promise<void> {
  for (const { name } of (await disk.list(SCRATCH)) ?? []) {
    const remove = (): Promise<void> => disk.removeDirectory(`${SCRATCH}/${name}`, { recursive: true }).catch(() => {});
    const old = Date.now() - parseInt(name, 36) > DAY_MS;
    if (!navigator.locks) await (old && remove());
    else await navigator.locks.request(lockOf(name), { ifAvailable: true }, async (free) => (free ? remove() : undefined));
  }
}
