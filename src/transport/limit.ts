/**
 * How many requests are in flight at one host: a fixed number of slots that halves when the host is throttling and grows back by
 * one for every round that went well (additive increase, multiplicative decrease: D. Chiu and R. Jain, 1989).
 *
 * @module
 */
import { onAbort, throwIfAborted } from '../util/abort.ts';

/** Leave to have one request in flight. */
export interface Slot {
  /** Whether somebody waits for the network with it. A slot that is not busy for a while is lent to those who wait. */
  busy: boolean;
  /** Gives it back; only the first call counts. */
  release(outcome?: 'good' | 'throttled'): void;
}

/** Slots per host. */
export interface Limiter {
  /** Waits for a slot, first come first served; at once when one is free. Rejects with `signal.reason`. */
  acquire(host: string, signal?: AbortSignal): Slot | Promise<Slot>;
  /** Slots that the host has now, and how many are taken. */
  slots(host: string): { limit: number; used: number; waiting: number };
}

/** Options of {@link createLimiter}. */
export interface LimiterOptions {
  /** Most requests in flight at one host. @default 32 */
  concurrency?: number | undefined;
  /** How often slots that nobody uses are lent while others wait, in ms. @default 250 */
  lendMs?: number | undefined;
}

interface Host {
  limit: number;
  used: number;
  wins: number;
  /** Number of halvings: requests that were sent before the last one say nothing about the new limit. */
  era: number;
  queue: ((slot: Slot) => void)[];
  held: Set<Slot & { seen: boolean }>;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Makes a limiter. A Client has one; retries, signing and the body's bytes happen within its slots, waits between attempts do not. */
export function createLimiter({ concurrency = 32, lendMs = 250 }: LimiterOptions = {}): Limiter {
  const hosts = new Map<string, Host>();

  const grant = (name: string, host: Host): Slot => {
    const { era } = host;
    const slot = {
      busy: true,
      seen: false,
      release(outcome?: 'good' | 'throttled'): void {
        if (outcome === 'throttled' && era === host.era) {
          host.limit = Math.max(1, host.limit >> 1);
          host.wins = 0;
          host.era++;
        }
        if (outcome === 'good' && host.limit < concurrency && ++host.wins >= host.limit) {
          host.limit++;
          host.wins = 0;
        }
        if (!host.held.delete(slot)) return;
        host.used--;
        serve(name, host);
      },
    };
    host.used++;
    host.held.add(slot);
    return slot;
  };
  const serve = (name: string, host: Host): void => {
    while (host.queue.length && host.used < host.limit) host.queue.shift()!(grant(name, host));
    if (host.queue.length) return;
    clearTimeout(host.timer);
    host.timer = undefined;
    if (!host.used && host.limit === concurrency) hosts.delete(name);
  };
  // A program that opens more bodies than there are slots, and reads them in turn, would else wait for itself.
  const lend = (host: Host): void => {
    host.timer = setTimeout(() => {
      lend(host);
      for (const slot of host.held) {
        if (!slot.busy && slot.seen) slot.release();
        else slot.seen = !slot.busy;
      }
    }, lendMs);
  };

  return {
    acquire(name, signal) {
      throwIfAborted(signal);
      let host = hosts.get(name);
      if (!host) hosts.set(name, (host = { limit: concurrency, used: 0, wins: 0, era: 0, queue: [], held: new Set(), timer: undefined }));
      const { queue } = host;
      if (host.used < host.limit) return grant(name, host);
      if (!host.timer) lend(host);
      return new Promise<Slot>((resolve, reject) => {
        const enter = (slot: Slot): void => {
          off();
          resolve(slot);
        };
        const off = onAbort(signal, () => {
          queue.splice(queue.indexOf(enter), 1);
          serve(name, host);
          reject(signal?.reason);
        });
        queue.push(enter);
      });
    },
    slots(name) {
      const { limit = concurrency, used = 0, queue = [] } = hosts.get(name) ?? {};
      return { limit, used, waiting: queue.length };
    },
  };
}
