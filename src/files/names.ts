/**
 * Where a file is on stores that keep the encoding in its name.
 *
 * @module
 */
import { encodingOfName, suffixes, withoutSuffix, type Encoding } from '../encoding/names.ts';
import type { AbortOptions, ObjectInfo } from '../types.ts';
import type { FileSet } from './types.ts';

/** The keys under which a name may be stored, in the order in which they are tried: bare first, always. */
export function candidates({ suffixed }: FileSet, name: string): string[] {
  return suffixed ? [name, ...Object.values(suffixes).map((suffix) => name + suffix)] : [name];
}

/** The same, in the order in which contents are read: cloud-files' memory looks at the bare name last. */
export function readCandidates(files: FileSet, name: string): string[] {
  const keys = candidates(files, name);
  return files.protocol === 'mem' ? [...keys.slice(1), name] : keys;
}

/** The key for a name that is written with an encoding. A suffix that is there already is not put on again, but for memory. */
export function keyFor({ suffixed, protocol }: FileSet, name: string, encoding: Encoding | null): string {
  return suffixed && encoding && (protocol === 'mem' || !name.endsWith(suffixes[encoding])) ? name + suffixes[encoding] : name;
}

/** A stored key as users see it. */
export const shownName = ({ suffixed }: FileSet, key: string): string => (suffixed ? withoutSuffix(key) : key);

/**
 * How a stored object is encoded: by its name where names say so, else by its header. A bare name that was found as it was asked for
 * (`x.gz` as `x.gz`) is not decoded.
 */
export function storedEncodingOf({ suffixed }: FileSet, key: string, asked: string): Encoding | null {
  return suffixed && key !== asked ? encodingOfName(key) : null;
}

/** What Content-Encoding says of files here: GCS and the rest say `bz2`, S3 says `bzip2`, as cloud-files writes them; readers take both. */
export function headerOf({ suffixed, protocol }: FileSet, encoding: Encoding | null): string | undefined {
  if (suffixed) return undefined;
  return encoding === 'bz2' && protocol === 's3' ? 'bzip2' : (encoding ?? undefined);
}

/** The type of files here that nobody gave one. */
export const plainType = ({ suffixed }: FileSet): string | undefined => (suffixed ? undefined : 'application/octet-stream');

/** Find a name: its info and the key under which it is. */
export async function findFile(files: FileSet, name: string, options: AbortOptions): Promise<{ key: string; info: ObjectInfo } | null> {
  for (const key of candidates(files, name)) {
    const info = await files.store.head(key, { signal: options.signal });
    if (info) return { key, info };
  }
  return null;
}

/** The name by which a stored key is found: of `a` and `a.gz`, which are both shown as `a`, the second goes by its key. */
export async function nameFor(files: FileSet, key: string, signal: AbortSignal | undefined): Promise<string> {
  const name = shownName(files, key);
  if (name === key) return key;
  for (const candidate of readCandidates(files, name)) {
    if (candidate === key) return name;
    if (await files.store.head(candidate, { signal })) return key;
  }
  return key;
}
