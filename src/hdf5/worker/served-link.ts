/**
 * One page's connection, in the worker: the files that it opened.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { createPeer, type Answer, type Handler, type PeerMessage } from '../../rpc/peer.ts';
import type { ServedLink } from '../../rpc/serve-links.ts';
import type { SessionOptions } from '../../store/session.ts';
import { linkSignals } from '../../util/abort.ts';
import type { Hdf5OpenOptions } from '../open-hdf5.ts';
import { hdf5Classes } from './error-classes.ts';
import type { WithStats, WorkerCalls } from './messages.ts';
import { serveFile, type FileCalls, type ServedFile } from './served-file.ts';
import { takeOptions, takeSource } from './taken.ts';

/** What the worker's script brings. */
export interface Brought {
  readonly options: Hdf5OpenOptions;
  readonly clientOf?: ((name: string) => SessionOptions['client']) | undefined;
}

const closed = (): CloudError => new CloudError('this HDF5 file is closed', { code: 'InvalidArgument', operation: 'read' });

/** Make a connection. */
export function serveLink(
  post: (message: PeerMessage, transfer: ArrayBuffer[]) => void,
  { options: defaults, clientOf }: Brought,
  /** Called when the page is done with it. */
  onEnd: () => void,
): ServedLink {
  const files = new Map<number, ServedFile>();
  const opening = new Map<number, { readonly coming: Promise<unknown>; abort(reason: unknown): void }>();

  const served = (file: number): ServedFile => {
    const one = files.get(file);
    if (!one) throw closed();
    return one;
  };
  async function close(file: number): Promise<void> {
    const its = opening.get(file);
    its?.abort(closed());
    await its?.coming.catch(() => {});
    const one = files.get(file);
    files.delete(file);
    await one?.close();
  }

  const closeAll = async (): Promise<void> => {
    // what is being opened may wait for who never answers: the page closes its sources itself
    for (const { abort } of opening.values()) abort(closed());
    await Promise.all([...files.keys()].map((file) => close(file)));
  };

  const answer = (value: unknown, its: ServedFile | undefined, transfer?: Iterable<ArrayBuffer>): Answer => ({
    value: { value, stats: its?.file.stats() } satisfies WithStats<unknown>,
    transfer,
  });
  const handlers = new Map<string, Handler>();
  const on = <Name extends keyof WorkerCalls>(
    name: Name,
    act: (args: WorkerCalls[Name][0], signal: AbortSignal) => Promise<Answer>,
  ): void => void handlers.set(name, act);

  async function open({ file, source, options, client: name }: WorkerCalls['open'][0], signal: AbortSignal): Promise<ServedFile> {
    // loaded on use: a page that imports this entry does not get what reads files
    const [{ openHdf5 }, { bringsClient }] = await Promise.all([import('../open-hdf5.ts'), import('../../store/session.ts')]);
    const taken = takeOptions(options, file, peer);
    // a client that was made here is not for who brings credentials of his own
    const { client: ours, ...others } = defaults;
    const client = (name === undefined ? undefined : clientOf?.(name)) ?? ours;
    const all = { ...others, ...(bringsClient(taken) ? {} : { client }), ...taken, mode: 'r', signal } as const;
    const its = serveFile(await openHdf5(takeSource(source, file, peer), all));
    files.set(file, its);
    return its;
  }

  on('open', async (args, signal) => {
    const link = linkSignals(signal);
    const coming = open(args, link.signal);
    opening.set(args.file, { coming, abort: (reason) => link.abort(reason) });
    try {
      const its = await coming;
      return answer({ byteLength: its.file.byteLength }, its);
    } finally {
      opening.delete(args.file);
      link.unlink();
    }
  });
  on('close', async ({ file }) => {
    await close(file);
    return answer(undefined, undefined);
  });
  on('closeAll', async () => {
    try {
      await closeAll();
      return answer(undefined, undefined);
    } finally {
      onEnd();
    }
  });
  for (const name of ['keys', 'get', 'attributes', 'read', 'slice', 'chunkMap', 'dereference', 'walk', 'endWalk'] as const)
    on(name, async ({ file, ...args }: { file: number }, signal) => {
      // a note may come after the end
      if (name === 'endWalk' && !files.has(file)) return answer(undefined, undefined);
      const its = served(file);
      const gone = new Set<ArrayBuffer>();
      const call: FileCalls[keyof FileCalls] = its.calls[name];
      return answer(await call(args as never, signal, gone), its, gone);
    });

  const peer = createPeer({ post, handlers, classes: hdf5Classes });
  return {
    peer,
    async end() {
      peer.end(new CloudError('the page that opened this HDF5 file is gone', { code: 'InvalidArgument', operation: 'openHdf5' }));
      await closeAll();
    },
  };
}
