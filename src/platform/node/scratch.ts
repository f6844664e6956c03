/**
 * A folder that goes with the process.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Disk } from '../types.ts';
import { openDisk } from './disk.ts';
import { diskError } from './disk-error.ts';

let made: string | undefined;

/** The process's own folder, made when first asked for; nobody else may look into it. Rejects when none can be made. */
export async function openScratch(): Promise<{ disk: Disk; folder: string }> {
  const disk = await openDisk();
  made ??= makeFolder();
  return { disk, folder: made };
}

function makeFolder(): string {
  const start = join(tmpdir(), 'anyfile-');
  try {
    const folder = mkdtempSync(start);
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return process.platform === 'win32' ? folder.replaceAll('\\', '/') : folder;
  } catch (error) {
    throw diskError(error, 'mkdir', start);
  }
}
