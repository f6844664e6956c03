/**
 * One piece of work under a monitor.
 *
 * @module
 */
import type { IoFile, IoMonitor } from './types.ts';

/**
 * Do something with a file and tell the monitor when it began and how it ended.
 *
 * @param sizeOf stored bytes that arrived, from what the work gave; what is no number counts nothing
 */
export async function watched<T>(
  monitor: IoMonitor | undefined,
  file: IoFile,
  work: () => Promise<T>,
  sizeOf: (value: T) => number | undefined,
): Promise<T> {
  if (!monitor) return work();
  const id = monitor.startIo(file);
  let value: T;
  try {
    value = await work();
  } catch (error) {
    monitor.endError(id, error);
    throw error;
  }
  monitor.endIo(id, sizeOf(value) || 0);
  return value;
}
