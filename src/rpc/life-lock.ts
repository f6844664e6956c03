/**
 * How a page learns that a worker is no more: browsers do not tell of one that was terminated or ran out of memory. But a lock that it held is
 * free then.
 *
 * @module
 */

const locksHere = (): LockManager | undefined => globalThis.navigator?.locks;

/**
 * Hold a lock as long as this realm lives, where there are locks.
 *
 * @param settled called with true when it is held, with false where there are none
 * @returns lets go of it
 */
export function holdLock(name: string, settled: (held: boolean) => void): () => void {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const hold = (): Promise<void> => {
    settled(true);
    return released;
  };
  const locks = locksHere();
  if (!locks) settled(false);
  // an origin that may have none
  else locks.request(name, hold).catch(() => settled(false));
  return () => release();
}

/**
 * Wait until a lock that another realm holds is free. Where locks are not shared with it, it is free at once, and that says nothing.
 *
 * @param signal ends the wait
 * @returns when it was looked at for the first time: a realm that ends after that is noticed
 */
export async function watchLock(name: string, signal: AbortSignal, onFree: () => void): Promise<void> {
  try {
    const locks = locksHere()!;
    const isFree = await locks.request(name, { ifAvailable: true }, (lock) => lock !== null);
    // or the wait was ended
    if (!isFree) locks.request(name, { signal }, () => {}).then(onFree, () => {});
  } catch {
    // there are no locks, or none for this origin
  }
}
