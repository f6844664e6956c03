/**
 * What a service worker knows of mounts: in memory alone, asked from the page that made them whenever it is missing, since browsers end idle
 * workers after half a minute.
 *
 * @module
 */
import { createSingleFlight } from '../util/single-flight.ts';
import { keptRecord } from './kept-records.ts';
import { CHANNEL, KEPT, type MountAnswer, type MountMessage, type MountRecord } from './types.ts';

/** Finds mounts by their ids. */
export interface MountTable {
  /** The record of a mount, or `undefined` where no page answers for it in time, or it was closed. */
  find(id: string): Promise<MountRecord | undefined>;
  /** The headers of this time for its signer, or `undefined` likewise. They are not kept. */
  login(id: string): Promise<Record<string, string> | undefined>;
}

type Question = 'need' | 'needLogin';
type Settle = (answer: MountAnswer | undefined) => void;

/** Makes a table. The channel is opened by the first search. @param askTimeoutMs how long an answer is waited for */
export function createMountTable(askTimeoutMs: number): MountTable {
  const known = new Map<string, MountRecord>();
  const closed = new Set<string>();
  const waiting: Record<Question, Map<string, Settle>> = { need: new Map(), needLogin: new Map() };
  const finding = createSingleFlight<string, MountRecord | undefined>();
  const asking = createSingleFlight<string, MountAnswer | undefined>();
  let channel: BroadcastChannel | undefined;

  function listen({ data }: MessageEvent<MountMessage>): void {
    const { type, id } = data;
    if (type === 'closed') {
      known.delete(id);
      closed.add(id);
      for (const all of Object.values(waiting)) all.get(id)?.(undefined);
      channel?.postMessage({ type: 'gone', id } satisfies MountMessage);
    } else if (!closed.has(id)) {
      if (type === 'mount') waiting.need.get(id)?.(data);
      if (type === 'login') waiting.needLogin.get(id)?.(data);
    }
  }

  /** From the first look at anything: who hears nothing does not hear that it was closed. */
  function opened(): BroadcastChannel {
    if (!channel) {
      channel = new BroadcastChannel(CHANNEL);
      channel.onmessage = listen;
    }
    return channel;
  }

  function ask(type: Question, id: string): Promise<MountAnswer | undefined> {
    return new Promise((resolve) => {
      const settle: Settle = (answer) => {
        clearTimeout(timer);
        waiting[type].delete(id);
        resolve(answer);
      };
      const timer = setTimeout(settle, askTimeoutMs, undefined);
      waiting[type].set(id, settle);
      opened().postMessage({ type, id } satisfies MountMessage);
    });
  }

  return {
    async find(id) {
      const there = known.get(id);
      if (there && there.expiresAt > Date.now()) return there;
      if (closed.has(id)) return undefined;
      known.delete(id);
      opened();
      return finding(id, async () => {
        let record = id.startsWith(KEPT) ? await keptRecord(id) : undefined;
        if (!record) {
          const answer = await ask('need', id);
          record = answer?.type === 'mount' ? answer.record : undefined;
        }
        // it may have been closed while the disk was read
        if (!record || closed.has(id)) return undefined;
        known.set(id, record);
        return record;
      });
    },
    async login(id) {
      const answer = closed.has(id) ? undefined : await asking(id, () => ask('needLogin', id));
      return answer?.type === 'login' ? answer.headers : undefined;
    },
  };
}
