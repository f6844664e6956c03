/**
 * What a Client owns, by name: options, and things that are made once and shared. The wires (connections, slots, credentials) are in
 * `wire.ts`, which only drivers import. Made without any I/O.
 *
 * @module
 */
import { environment, runtime, storedBytes } from '#platform';
import type { Clock, Location, ObjectStore } from '../types.ts';
import type { ClientOptions, ClientStats } from './options.ts';

/** The state behind a Client; drivers get it as an argument. */
export interface StoreContext {
  readonly options: ClientOptions;
  readonly clock: Clock;
  /** A variable of the environment, read when first asked for. */
  env(name: string): string | undefined;
  /** Something that is made once in this client, e.g. the driver of a bucket. */
  shared<T>(name: string, make: () => T): T;
  /** Ends all that was opened. */
  onClose(end: () => Promise<void>): void;
  close(): Promise<void>;
  /** Bodies arrive as stored. Not those of GCS in Deno, whose fetch undoes the gzip that GCS must be asked for. */
  storedBytes(service?: string): boolean;
  /** Set by the wire once there is one. */
  stats: () => ClientStats;
  /** Opens stores in a worker instead of here; what they are for is the whole bucket, the folder of the web, or the disk. */
  readonly openElsewhere?: ((location: Location) => ObjectStore) | undefined;
}

/** Make the state of one client. */
export function createContext(options: ClientOptions): StoreContext {
  const things = new Map<string, unknown>();
  const endings: (() => Promise<void>)[] = [];
  let variables: Record<string, string | undefined> | undefined;
  return {
    options,
    clock: options.clock ?? Date.now,
    storedBytes: (service) => !options.fetch && storedBytes() && !(service === 'gs' && runtime() === 'deno'),
    env: (name) => (variables ??= environment())[name] || undefined,
    shared<T>(name: string, make: () => T): T {
      if (!things.has(name)) things.set(name, make());
      return things.get(name) as T;
    },
    onClose: (end) => void endings.push(end),
    async close() {
      await Promise.all(endings.splice(0).map((end) => end()));
    },
    stats: () => ({ requests: 0, retries: 0, bytesSent: 0, bytesReceived: 0 }),
  };
}
