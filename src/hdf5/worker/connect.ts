/**
 * The page's side: HDF5 files that a worker opens.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { connectLink } from '../../rpc/connect-link.ts';
import type { Answer, Handler } from '../../rpc/peer.ts';
import type { WorkerPort } from '../../rpc/port.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { asyncDispose } from '../../util/dispose.ts';
import type { Hdf5Input } from '../source/byte-source.ts';
import { hdf5Classes } from './error-classes.ts';
import { give, type Given } from './given.ts';
import { PROTOCOL, type PageCalls } from './messages.ts';
import type { RemoteCall } from './remote-call.ts';
import { RemoteHdf5File } from './remote-file.ts';
import type { RemoteOpenOptions } from './remote-options.ts';

/** A worker that opens HDF5 files. `await using` closes it. */
export interface RemoteHdf5 extends AsyncDisposable {
  /**
   * Open an HDF5 file in the worker. What it gives is used as what `openHdf5` gives.
   *
   * @param source a URL, a CloudPath or a Blob, which the worker reads; what has `byteLength` and `read(ranges)`, which is read here when the worker
   *   asks for it; or bytes, which are copied, or given away by the option `transfer`
   * @throws what `openHdf5` throws; CloudError `InvalidArgument` for options that cannot be sent, by name, and after `close`; `Network` when the
   *   worker is gone or could not be started; `NotSupported` when it is of another release of anyfile
   */
  openHdf5(source: Hdf5Input, options?: RemoteOpenOptions): Promise<RemoteHdf5File>;
  /** Closes all files and ends the worker: what still waits rejects with `InvalidArgument`. Of a MessagePort that port alone is closed. */
  close(): Promise<void>;
}

const closed = (): CloudError => new CloudError('this worker of HDF5 files is closed', { code: 'InvalidArgument', operation: 'openHdf5' });

/**
 * Connect to a worker whose script calls `serveHdf5`. Nothing has to be waited for: calls are sent when it is there.
 *
 * @param worker a `Worker`, of the web or of `node:worker_threads`, or a MessagePort
 * @throws CloudError `InvalidArgument` when it is neither
 * @example
 * import { connectHdf5 } from 'anyfile/worker';
 * const remote = connectHdf5(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }));
 * const file = await remote.openHdf5('s3://bucket/scan.h5', { region: 'eu-central-1' });
 * const image = await (await file.dataset('/entry/data/image')).read(); // read and unpacked in the worker
 * await remote.close();
 */
export function connectHdf5(worker: WorkerPort): RemoteHdf5 {
  return connectFiles(worker, { endsPort: true });
}

/** How files are opened through a port that others use too. */
export interface ConnectFilesInit {
  /** Whether closing ends the worker. */
  readonly endsPort: boolean;
  /** Whose connection files are opened by, of those that the worker's script knows by name, when their options bring none. */
  readonly client?: string | undefined;
}

/** As {@link connectHdf5}. */
export function connectFiles(worker: WorkerPort, { endsPort, client }: ConnectFilesInit): RemoteHdf5 {
  const given = new Map<number, Given>();
  let closing: Promise<void> | undefined;
  let last = 0;

  const handlers = new Map<string, Handler>();
  const on = <Name extends keyof PageCalls>(
    name: Name,
    act: (its: Given, args: PageCalls[Name][0], signal: AbortSignal) => Promise<Answer>,
  ): void =>
    void handlers.set(name, async (args: PageCalls[Name][0], signal) => {
      const its = given.get(args.file);
      // of a file that was given up it may come late
      if (!its && (name === 'closeReader' || name === 'tell')) return { value: undefined };
      if (!its) throw new CloudError('this HDF5 file is closed', { code: 'InvalidArgument', operation: 'read' });
      return act(its, args, signal);
    });
  on('ask', (its, args, signal) => its.ask(args, signal));
  on('tell', (its, args) => its.tell(args));
  on('read', (its, args, signal) => its.read(args, signal));
  on('sibling', (its, args, signal) => its.sibling(args, signal));
  on('closeReader', (its, args) => its.closeReader(args));

  const link = connectLink(worker, {
    protocol: PROTOCOL,
    operation: 'openHdf5',
    handlers,
    classes: hdf5Classes,
    onEnd() {
      // what the worker cannot close any more; who waits has been told what happened
      for (const its of given.values()) its.close().catch(() => {});
      given.clear();
    },
  });
  const { peer, life } = link;

  /** Closes a file that is open, or is being opened. What was given for it is asked for until then. */
  async function closeFile(file: number): Promise<void> {
    try {
      await peer.call('close', { file });
    } catch (error) {
      // who is gone has no open files
      if (!life.aborted) throw error;
    } finally {
      given.get(file)?.forget();
      given.delete(file);
    }
  }

  const closeOnce = (): Promise<void> => (closing ??= link.close('closeAll', closed(), endsPort));
  return Object.defineProperty(
    {
      async openHdf5(source: Hdf5Input, options: RemoteOpenOptions = {}) {
        const { signal } = options;
        throwIfAborted(signal);
        throwIfAborted(life);
        const its = give(source, options, peer.errors);
        const file = ++last;
        given.set(file, its);
        const call: RemoteCall = (name, args, about) => peer.call(name, { ...args, file }, about);
        try {
          const args = { source: its.source, options: its.options, client };
          const { value, stats } = await call('open', args, { signal, transfer: its.transfer });
          return new RemoteHdf5File(call, value.byteLength, stats!, () => closeFile(file));
        } catch (error) {
          // it may have been opened just before it was given up
          closeFile(file).catch(() => {});
          throw error;
        }
      },
      close: closeOnce,
    },
    asyncDispose,
    { value: closeOnce },
  ) as RemoteHdf5;
}
