/**
 * Aliases that outlive the process: `$CLOUD_FILES_DIR/aliases.json` (default `~/.cloudfiles`), in cloud-files' format.
 *
 * @module
 */
import { promises as fs } from 'node:fs';
import { CloudError } from '../../errors.ts';
import { openDisk } from './disk.ts';
import { diskError, isMissing } from './disk-error.ts';
import { absolutePath, environment } from './env.ts';

const path = (): string => absolutePath(`${environment()['CLOUD_FILES_DIR'] || '~/.cloudfiles'}/aliases.json`);

/** Read them; none when there is no file. Rejects with `InvalidResponse` when it is not what the format says. */
export async function loadAliases(): Promise<Record<string, string>> {
  let text: string;
  try {
    text = await fs.readFile(path(), 'utf8');
  } catch (error) {
    if (isMissing(error)) return {};
    throw diskError(error, 'alias', path());
  }
  try {
    const stored = JSON.parse(text) as Record<string, { host: string }>;
    return Object.fromEntries(
      Object.entries(stored).map(([name, { host }]) => {
        if (typeof host !== 'string') throw new TypeError(name);
        return [name, host];
      }),
    );
  } catch (cause) {
    throw new CloudError('aliases.json is not a list of aliases', { code: 'InvalidResponse', operation: 'alias', key: path(), cause });
  }
}

/** Replace them all, atomically; the folder is made on demand. */
export async function saveAliases(aliases: Record<string, string>): Promise<void> {
  const stored = Object.fromEntries(Object.entries(aliases).map(([name, host]) => [name, { host }]));
  const disk = await openDisk();
  await disk.write(
    path(),
    (async function* () {
      yield new TextEncoder().encode(JSON.stringify(stored));
    })(),
  );
}
