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

/** The page's or worker's own folder, on the origin's disk or else in memory. What pages left that ended over a day ago is removed. */
export function openScratch(): Promise<{ disk: Disk; folder: string }> {
  return (opened ??= open());
}

async function open(): Promise<{ disk: Disk; folder: string }> {
  const disk = await openOpfs();
  if (!disk) return { disk: createMemoryDisk(), folder: SCRATCH };
  await scrub(disk).catch(() => {});
  const name = `${Date.now().toString(36)}-${crypto.randomUUID()}`;
  const folder = `${SCRATCH}/${name}`;
  await disk.makeDirectory(folder);
  // Held as long as the page lives: by this others see that it does.
  await new Promise<void>((resolve) => {
    const { locks } = navigator;
    if (!locks) return resolve();
    locks.request(lockOf(name), () => new Promise<void>(() => resolve())).catch(() => resolve());
  });
  return { disk, folder };
}

const lockOf = (name: string): string => `anyfile:scratch:${name}`;

async function scrub(disk: Disk): Promise<void> {
  for (const { name } of (await disk.list(SCRATCH)) ?? []) {
    if (!(Date.now() - parseInt(name, 36) > DAY_MS)) continue;
    const remove = (): Promise<void> => disk.removeDirectory(`${SCRATCH}/${name}`, { recursive: true }).catch(() => {});
    if (!navigator.locks) await remove();
    else await navigator.locks.request(lockOf(name), { ifAvailable: true }, async (free) => (free ? remove() : undefined));
  }
}
