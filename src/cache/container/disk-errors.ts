/**
 * What the system's errors mean to the disk container.
 *
 * @module
 */
import { nameOfThrown } from './trouble.ts';

/** Its code, as `ENOSPC`; else the name of what was thrown. */
export function codeOf(thrown: unknown): string {
  const code = (thrown as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && code ? code : nameOfThrown(thrown);
}

/** There is no such file or folder. */
export const isGone = (thrown: unknown): boolean => /^(ENOENT|ENOTDIR)$/.test(codeOf(thrown));

/** There is something in a folder that was to be removed; some systems say that it exists. */
export const isFilled = (thrown: unknown): boolean => /^(ENOTEMPTY|EEXIST)$/.test(codeOf(thrown));

/** There is no room: of all errors these alone make room. */
export const isQuota = (thrown: unknown): boolean => /^(ENOSPC|EDQUOT)$/.test(codeOf(thrown));

/** What it gives, or something else when it fails, in whatever way. */
export function attempt<T>(task: () => T, otherwise: T): T {
  try {
    return task();
  } catch {
    return otherwise;
  }
}
