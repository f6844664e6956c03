/**
 * The HTTP port of pages, their workers, and workerd.
 *
 * @module
 */
import { createFetchPort } from '../fetch-port.ts';
import type { HttpPortHandle } from '../types.ts';
import { runtime } from './env.ts';

/** The runtime's own transport; opens nothing until the first request. */
export function createHttpPort(): HttpPortHandle {
  // workerd's fetch knows no cache mode, cookies or CORS.
  return createFetchPort((...args) => fetch(...args), { page: runtime() !== 'workerd' });
}
