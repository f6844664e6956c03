/**
 * Folders that go with the process.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { sha256Hex } from '../../util/sha256.ts';
import type { Disk } from '../types.ts';
import { openDisk } from './disk.ts';
import { diskError } from './disk-error.ts';

/** By the folder that they are in. */
const made = new Map<string, string>();

/**
 * The process's own folder, made when first asked for; nobody else may look into it. What processes of this machine left that were killed is
 * removed. Rejects when none can be made.
 *
 * @param within absolute path of the folder that it is made in. @default the system's for temporary files
 */
export async function openScratch(within: string = tmpdir()): Promise<{ disk: Disk; folder: string }> {
  const disk = await openDisk();
  const folder = made.get(within) ?? makeFolder(within);
  made.set(within, folder);
  return { disk, folder };
}

function makeFolder(within: string): string {
  const machine = `anyfile-${machineName()}-`;
  const start = join(within, `${machine}${process.pid}-`);
  try {
    mkdirSync(within, { recursive: true });
    removeOfDead(within, machine);
    const folder = mkdtempSync(start);
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return process.platform === 'win32' ? folder.replaceAll('\\', '/') : folder;
  } catch (error) {
    throw diskError(error, 'mkdir', start);
  }
}

/** Containers may share a folder for temporary files and count their processes apart. */
function machineName(): string {
  try {
    return sha256Hex(hostname()).slice(0, 8);
  } catch {
    // Deno may not be allowed to know.
    return 'unnamed';
  }
}

function removeOfDead(within: string, machine: string): void {
  for (const name of readdirSync(within)) {
    if (!name.startsWith(machine)) continue;
    const processId = Number(/^\d+(?=-)/.exec(name.slice(machine.length))?.[0] ?? Number.NaN);
    if (isAlive(processId)) continue;
    try {
      rmSync(join(within, name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}

/** True in doubt. */
function isAlive(processId: number): boolean {
  if (!(processId > 0)) return true;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code !== 'ESRCH';
  }
}
