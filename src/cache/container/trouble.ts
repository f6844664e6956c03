/**
 * Telling of trouble with storage, and the names of what storage throws.
 *
 * @module
 */
import type { CacheTrouble } from './container.ts';

const MINUTE_MS = 60_000;

/** The name of anything thrown: some engines reject with `null`, or with objects that are no errors. */
export function nameOfThrown(thrown: unknown): string {
  const name = (thrown as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' && name ? name : 'UnknownError';
}

/**
 * Make what passes trouble on, of each code and name at most once a minute. What the listener throws is nobody's: a cache never fails a read.
 *
 * @param listener asked for each time, since it may be set later
 */
export function createTeller(listener: () => ((trouble: CacheTrouble) => void) | undefined): (trouble: CacheTrouble) => void {
  const told = new Map<string, number>();
  return (trouble) => {
    const id = `${trouble.code} ${trouble.name}`;
    const now = performance.now();
    const listen = listener();
    if (!listen || now - (told.get(id) ?? -MINUTE_MS) < MINUTE_MS) return;
    told.set(id, now);
    try {
      listen(trouble);
    } catch {
      // Not ours.
    }
  };
}
