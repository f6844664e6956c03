/**
 * A small file of a disk, whole.
 *
 * @module
 */
import type { Disk } from '../platform/types.ts';
import type { AbortOptions } from '../types.ts';
import { gather } from '../util/streams.ts';

/** Reads one version of a file into memory; `null` when there is none. @throws CloudError `ObjectChanged`: it changed while it was read */
export async function readFile(disk: Disk, path: string, options: AbortOptions): Promise<{ bytes: Uint8Array; version: string } | null> {
  const file = await disk.open(path, options);
  if (!file) return null;
  try {
    return { bytes: await gather(file.read(0, file.sizeBytes, options), file.sizeBytes), version: file.version };
  } finally {
    await file.close();
  }
}
