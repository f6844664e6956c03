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
 * @param onHeld called when it is held
 * @returns lets go of it
 */
export function holdLock(name: string, onHeld: () => void): () => void {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const hold = (): Promise<void> => {
    onHeld();
    return released;
  };
  locksHere()
    ?.request(name, hold)
    // of an origin that may have none
    .catch(() => {});
  return () => release();
}

/**
 * Wait until a lock that another realm holds is free. Does nothing where locks are not shared with it.
 *
 * @param signal ends the wait
 */
export async function watchLock(name: string, signal: AbortSignal, onFree: () => void): Promise<void> {
  const locks = locksHere();
  if (!locks) return;
  try {
    const isFree = await locks.request(name, { ifAvailable: true }, (lock) => lock !== null);
    if (isFree || signal.aborted) return;
    await locks.request(name, { signal }, () => {});
    onFree();
  } catch {
    // the wait was ended, or there are no locks for this origin
  }
}
