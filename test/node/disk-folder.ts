/**
 * A folder of the disk for one test.
 *
 * @module
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDisk } from '../../src/platform/node/disk.ts';
import type { Disk } from '../../src/platform/types.ts';

/** Hands over a folder of its own, `/`-separated, and the disk that it is on; it is gone at the end. */
export async function within(fn: (root: string, disk: Disk) => Promise<void>): Promise<void> {
  const root = fs.mkdtempSync(join(tmpdir(), 'anyfile-disk-')).replaceAll('\\', '/');
  try {
    await fn(root, await openDisk());
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}
