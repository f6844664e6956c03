/**
 * The page's side of mounts: it has the keys, and answers workers that ask for one.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { AbortOptions } from '../types.ts';
import { delay, throwIfAborted } from '../util/abort.ts';
import { checkKey, encodeKey } from '../url/key.ts';
import { randomName } from '../util/random-name.ts';
import { dropRecord, keepRecord } from './kept-records.ts';
import { loginOf, recordMaker, type MountSource, type RecordMaker } from './place.ts';
import { CHANNEL, KEPT, type MountMessage, type MountRecord } from './types.ts';

/** Options of `mount`. */
export interface MountOptions extends AbortOptions {
  /**
   * `'day-key'` keeps the key of the day in IndexedDB, so that addresses work until the day (in UTC) ends though the page is gone. Every script of
   * the origin can use it until then; none can read it, or the secret key that it was derived from. @default false: memory alone
   */
  persist?: false | 'day-key' | undefined;
}

/** A bucket or folder under an address of the page's own origin. */
export interface Mount {
  /** What addresses begin with, e.g. `/anyfile/5f…/`. It is nobody else's, and new with each mount. */
  readonly base: string;
  /** The address of an object, for `src`, `href` and `fetch`. @throws CloudError `InvalidArgument`: a key that no URL can carry */
  url(key: string): string;
  /** Resolves when the worker answers 401. What the page has read it still has. */
  close(): Promise<void>;
}

/** The mounts of a page. */
export interface MountList {
  /** Adds one. Rejects with what {@link recordMaker} throws and rejects with. */
  add(source: MountSource, options?: MountOptions): Promise<Mount>;
}

interface Entry {
  readonly source: MountSource;
  readonly make: RecordMaker;
  readonly isKept: boolean;
  record: MountRecord;
}

/** How long a worker may take to say that it has forgotten a mount. */
const GONE_MS = 200;

/** Makes a list. The channel is open while there are mounts. @param prefix with a slash at both ends */
export function createMountList(prefix: string): MountList {
  const entries = new Map<string, Entry>();
  const gone = new Map<string, () => void>();
  let channel: BroadcastChannel | undefined;
  const say = (message: MountMessage): void => channel?.postMessage(message);

  async function current(id: string, entry: Entry): Promise<MountRecord> {
    if (!(entry.record.expiresAt > Date.now())) {
      entry.record = await entry.make();
      // nothing is kept of one that was closed meanwhile
      if (entry.isKept && entries.get(id) === entry) await keepRecord(id, entry.record);
    }
    return entry.record;
  }

  async function reply(id: string, entry: Entry): Promise<void> {
    // whatever the reason, there is no key: the worker says 401 and asks again for the next request
    const record = await current(id, entry).catch(() => undefined);
    say({ type: 'mount', id, record });
  }

  async function replyLogin(id: string, { source }: Entry): Promise<void> {
    // likewise: nobody is logged in
    const headers = await loginOf(source).catch(() => undefined);
    say({ type: 'login', id, headers });
  }

  function listen({ data: { type, id } }: MessageEvent<MountMessage>): void {
    if (type === 'gone') gone.get(id)?.();
    const entry = entries.get(id);
    if (entry && type === 'need') void reply(id, entry);
    if (entry && type === 'needLogin') void replyLogin(id, entry);
  }

  /** Workers would remember the key for as long as they live. A page that is frozen may come back. */
  function leave({ persisted }: PageTransitionEvent): void {
    if (persisted) return;
    for (const [id, { isKept }] of entries) if (!isKept) say({ type: 'closed', id });
  }

  function open(): void {
    if (channel) return;
    channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = listen;
    globalThis.addEventListener?.('pagehide', leave);
  }

  async function close(id: string): Promise<void> {
    const entry = entries.get(id);
    if (!entry) return;
    entries.delete(id);
    // first, or a worker that starts now finds it again
    if (entry.isKept) await dropRecord(id);
    const heard = new Promise<void>((resolve) => gone.set(id, resolve));
    say({ type: 'closed', id });
    // A worker that was ended has forgotten it, and does not answer.
    await Promise.race([heard, delay(GONE_MS)]);
    gone.delete(id);
    if (!entries.size) {
      channel?.close();
      channel = undefined;
      globalThis.removeEventListener?.('pagehide', leave);
    }
  }

  return {
    async add(source, { persist = false, signal } = {}) {
      throwIfAborted(signal);
      const isKept = persist === 'day-key';
      if (isKept && source.signer) throw new CloudError('a signer gives no key of the day to keep', { code: 'NotSupported' });
      const make = recordMaker(source);
      const record = await make({ signal });
      const id = (isKept ? KEPT : '') + randomName();
      try {
        if (isKept) await keepRecord(id, record);
      } catch (cause) {
        throw new CloudError('the key of the day could not be kept', { code: 'NotSupported', cause });
      }
      open();
      entries.set(id, { source, make, isKept, record });
      const base = `${prefix}${id}/`;
      return { base, url: (key) => base + encodeKey(checkKey(key, { http: true })), close: () => close(id) };
    },
  };
}
