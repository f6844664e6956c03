/**
 * What a service worker knows of mounts: in memory alone, asked from the page that made them whenever it is missing, since browsers end idle
 * workers after half a minute.
 *
 * @module
 */
import { createSingleFlight } from '../util/single-flight.ts';
import { keptRecord } from './kept-records.ts';
import { CHANNEL, KEPT, type MountMessage, type MountRecord } from './types.ts';

/** Finds mounts by their ids. */
export interface MountTable {
  /** The record of a mount, or `undefined` where no page answers for it in time, or it was closed. */
  find(id: string): Promise<MountRecord | undefined>;
}

/** Makes a table. The channel is opened by the first question. @param askTimeoutMs how long an answer is waited for */
export function createMountTable(askTimeoutMs: number): MountTable {
  const known = new Map<string, MountRecord>();
  const closed = new Set<string>();
  const waiting = new Map<string, (record: MountRecord | undefined) => void>();
  const flight = createSingleFlight<string, MountRecord | undefined>();
  let channel: BroadcastChannel | undefined;

  function listen({ data }: MessageEvent<MountMessage>): void {
    if (data.type === 'closed') {
      known.delete(data.id);
      closed.add(data.id);
      waiting.get(data.id)?.(undefined);
      channel?.postMessage({ type: 'gone', id: data.id } satisfies MountMessage);
    } else if (data.type === 'mount' && !closed.has(data.id)) {
      waiting.get(data.id)?.(data.record);
    }
  }

  function ask(id: string): Promise<MountRecord | undefined> {
    if (!channel) {
      channel = new BroadcastChannel(CHANNEL);
      channel.onmessage = listen;
    }
    return new Promise((resolve) => {
      const settle = (record: MountRecord | undefined): void => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(record);
      };
      const timer = setTimeout(settle, askTimeoutMs, undefined);
      waiting.set(id, settle);
      channel!.postMessage({ type: 'need', id } satisfies MountMessage);
    });
  }

  return {
    async find(id) {
      const there = known.get(id);
      if (there && there.expiresAt > Date.now()) return there;
      if (closed.has(id)) return undefined;
      known.delete(id);
      return flight(id, async () => {
        const record = (id.startsWith(KEPT) && (await keptRecord(id))) || (await ask(id));
        // it may have been closed while the disk was read
        if (!record || closed.has(id)) return undefined;
        known.set(id, record);
        return record;
      });
    },
  };
}
