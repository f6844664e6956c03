/**
 * The small HDF5 file of test/fixtures: front.py makes it, and says what is in it.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return folder;
}

/** Its bytes. */
export const frontBytes = (): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(join(projectFolder(), 'test/fixtures/front.h5')));
