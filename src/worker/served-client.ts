/**
 * One page's client, in the worker.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { openLocation } from '../open/open-store.ts';
import { callFunctions } from '../rpc/functions.ts';
import { createPeer, type Handler, type PeerMessage } from '../rpc/peer.ts';
import type { ServedLink } from '../rpc/serve-links.ts';
import { fromWire, type Wire } from '../rpc/wire.ts';
import { createContext, type StoreContext } from '../store/context.ts';
import type { ClientOptions } from '../store/options.ts';
import type { ObjectStore } from '../types.ts';
import { clientClasses } from './error-classes.ts';
import { KeptTable } from './kept.ts';
import type { Place, StoredBytes, WorkerCalls } from './messages.ts';
import { serveStores, type Serves } from './served-store.ts';

/** Stores that are kept open by their URL; buckets' are shared in the client anyway. */
const MOST_STORES = 64;

/** A connection. */
export interface ServedClient extends ServedLink {
  /** The client, once the page has said what it is made of. */
  readonly context: () => StoreContext | undefined;
}

const notOpen = (): CloudError => new CloudError('the client of this worker is closed', { code: 'InvalidArgument' });

/** Make a connection. */
export function serveOne(
  post: (message: PeerMessage, transfer: ArrayBuffer[]) => void,
  defaults: ClientOptions,
  /** Called when the page is done with it. */
  onEnd: () => void,
): ServedClient {
  const kept = new KeptTable();
  const stores = new Map<string, ObjectStore>();
  let client: StoreContext | undefined;

  const context = (): StoreContext => {
    if (!client) throw notOpen();
    return client;
  };
  function storeAt({ url, location }: Place): ObjectStore {
    const store = stores.get(url) ?? openLocation(context(), location);
    // the last used are the last to go
    stores.delete(url);
    stores.set(url, store);
    for (const first of stores.keys()) if (stores.size > MOST_STORES) stores.delete(first);
    return store;
  }
  async function close(reason: unknown): Promise<void> {
    const its = client;
    client = undefined;
    kept.clear(reason);
    stores.clear();
    await its?.close();
  }
  function open(wire: Wire): StoredBytes {
    const { errors } = peer;
    const call = callFunctions({
      errors,
      ask: (args, signal) => peer.call('ask', args, { signal }),
      tell: (args) => peer.note('tell', args),
    });
    const its = createContext({ ...defaults, ...(fromWire(wire, { errors, call }) as ClientOptions) });
    client = its;
    return { s3: its.storedBytes('s3'), gs: its.storedBytes('gs'), http: its.storedBytes('http'), https: its.storedBytes('https') };
  }

  const calls: { readonly [Name in keyof WorkerCalls]: Serves<Name> } = {
    ...serveStores({ peer: () => peer, kept, storeAt }),
    open: async ({ options }) => ({ value: open(options) }),
    stats: async () => ({ value: context().stats() }),
    async cacheStats() {
      const { cacheWithCopies } = await import('../cloudpath/join-cache.ts');
      return { value: await cacheWithCopies(context()).stats() };
    },
    async clearCache(options, signal) {
      const { cacheWithCopies } = await import('../cloudpath/join-cache.ts');
      return { value: await cacheWithCopies(context()).clear({ ...options, signal }) };
    },
    async diagnose({ url, ...options }, signal) {
      const { diagnose } = await import('../diagnose/diagnose.ts');
      return { value: await diagnose(context(), url, { ...options, signal }) };
    },
    // but for the call that asks
    held: async () => ({ value: { calls: peer.size.done + peer.size.made - 1, bodies: kept.size } }),
    async close() {
      try {
        await close(notOpen());
        return { value: undefined };
      } finally {
        onEnd();
      }
    },
  };
  const peer = createPeer({ post, handlers: new Map(Object.entries(calls) as [string, Handler][]), classes: clientClasses });
  return {
    peer,
    context: () => client,
    async end() {
      const error = new CloudError('the page of this client is gone', { code: 'InvalidArgument' });
      peer.end(error);
      await close(error);
    },
  };
}
