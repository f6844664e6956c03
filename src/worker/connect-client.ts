/**
 * The page's side: a client that is in a worker.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { connectLink, type Link } from '../rpc/connect-link.ts';
import { keepFunctions } from '../rpc/functions.ts';
import type { Handler } from '../rpc/peer.ts';
import type { WorkerPort } from '../rpc/port.ts';
import { toWire } from '../rpc/wire.ts';
import { createContext } from '../store/context.ts';
import type { ClientOptions } from '../store/options.ts';
import type { AbortOptions } from '../types.ts';
import { clientClasses } from './error-classes.ts';
import { keepBodies } from './given-bodies.ts';
import { PROTOCOL, type PageCalls } from './messages.ts';
import { RemoteClient } from './remote-client.ts';
import { createRemoteContext } from './remote-call.ts';
import { remoteStore } from './remote-store.ts';

/**
 * Options of a client that is in a worker: those of `Client`, but for functions that cannot be called from there. Credentials providers and signers, and
 * what is told something (`onRequest`, `onWarning`, `progress`), are called here.
 */
export type RemoteClientOptions = Omit<ClientOptions, 'fetch' | 'clock'>;

const why: Record<string, string> = {
  fetch: 'its requests and responses cannot be sent, and the page would have to do what the worker is for',
  clock: 'it is asked without waiting',
};

/**
 * Make a client in a worker whose script calls `serveClient`.
 *
 * @param port a `Worker`, of the web or of `node:worker_threads`, or a MessagePort
 * @param init options of the client, over those that the worker's script brings
 * @param options.signal ends the wait for the worker; the worker itself is left as it is
 * @throws CloudError `InvalidArgument` when it is no port, and for options that cannot be sent, by name; `Network` when the worker has ended or could not
 *   be started; `NotSupported` when it is of another release of anyfile
 * @example
 * import { connectClient } from 'anyfile/worker';
 * const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
 * const client = await connectClient(worker, { region: 'eu-central-1', credentials });
 * const bytes = await client.files('s3://bucket/data').get('a.csv'); // fetched, verified and cached in the worker
 * await client.close();
 */
export async function connectClient(
  port: WorkerPort,
  init: RemoteClientOptions = {},
  { signal }: AbortOptions = {},
): Promise<RemoteClient> {
  const handlers = new Map<string, Handler>();
  const on = <Name extends keyof PageCalls>(
    name: Name,
    act: (args: PageCalls[Name][0], signal: AbortSignal) => ReturnType<Handler>,
  ): void => void handlers.set(name, act);
  const bodies = keepBodies();
  const link: Link = connectLink(port, {
    protocol: PROTOCOL,
    operation: 'connectClient',
    handlers,
    classes: clientClasses,
    onEnd: () => bodies.clear(),
  });
  const { peer } = link;
  const functions = keepFunctions({
    errors: peer.errors,
    how: new Map([
      ['credentials', 'ask'],
      ['onRequest', 'tell'],
      ['onWarning', 'tell'],
    ]),
    why,
    instead: 'serveClient',
  });
  on('ask', async ({ id, args }, its) => ({ value: await functions.ask(id, args, its) }));
  on('tell', async ({ id, args }) => ({ value: functions.tell(id, args) }));
  on('chunk', ({ id }) => bodies.chunk(id));
  on('stop', async ({ id }) => ({ value: bodies.take(id) }));
  on('content', ({ id, start, end }) => bodies.content(id, start, end));
  const its = createRemoteContext(peer, bodies);

  try {
    // progress is told here, where files are gone through
    const { progress: _, ...rest } = init;
    const stored = await its.call('open', { options: toWire(rest, 'options', { errors: peer.errors, keep: functions.keep }) }, { signal });
    const storedBytes = (protocol = 's3'): boolean => (Object.hasOwn(stored, protocol) ? stored[protocol as keyof typeof stored] : true);
    const context = {
      ...createContext(init),
      storedBytes,
      openElsewhere: (location) => remoteStore(its, location, storedBytes(location.protocol)),
    } satisfies ReturnType<typeof createContext>;
    return new RemoteClient({ port, link, its, context });
  } catch (error) {
    // it may have been opened just before it was given up
    peer.note('close', {});
    link.end(error instanceof CloudError ? error : new CloudError('this client was given up', { code: 'InvalidArgument', cause: error }));
    throw error;
  }
}
