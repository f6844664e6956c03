/**
 * The page's side: HDF5 files that a worker opens.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { asyncDispose } from '../../util/dispose.ts';
import type { Hdf5Input } from '../source/byte-source.ts';
import { give, type Given } from './given.ts';
import { watchLock } from './life-lock.ts';
import { messageOf, PROTOCOL, type Message, type PageCalls, type Said } from './messages.ts';
import { createPeer, type Answer, type Handler, type PeerMessage } from './peer.ts';
import { listen, tellsItsEnd, type WorkerPort } from './port.ts';
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

interface Ending {
  terminate?(): unknown;
  close?(): void;
}

const gone = (cause?: unknown): CloudError =>
  new CloudError('the worker of HDF5 files has ended or could not be started', { code: 'Network', operation: 'openHdf5', cause });
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
  // not randomUUID, which insecure pages do not have
  const link = crypto.getRandomValues(new Uint32Array(4)).join('-');
  const given = new Map<number, Given>();
  const waiting: [PeerMessage, ArrayBuffer[]][] = [];
  const life = new AbortController();
  const watching = new AbortController();
  let isReady = false;
  let closing: Promise<void> | undefined;
  let last = 0;

  const send = (message: Said, transfer: ArrayBuffer[] = []): void =>
    worker.postMessage({ anyfile: 'hdf5', protocol: PROTOCOL, ...message } satisfies Message, transfer);
  const hello = (): void => send({ kind: 'hello', link });
  function post(message: PeerMessage, transfer: ArrayBuffer[]): void {
    if (isReady) send({ kind: 'peer', link, message }, transfer);
    else waiting.push([message, transfer]);
  }

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
  const peer = createPeer({ post, handlers });

  /** Closes a file that is open, or is being opened. What was given for it is asked for until then. */
  async function closeFile(file: number): Promise<void> {
    try {
      await peer.call('close', { file });
    } catch (error) {
      // who is gone has no open files
      if (!life.signal.aborted) throw error;
    } finally {
      given.get(file)?.forget();
      given.delete(file);
    }
  }
  function end(error: CloudError): void {
    life.abort(error);
    watching.abort();
    stop();
    waiting.length = 0;
    peer.end(error);
    // what the worker cannot close any more; who waits has been told what happened
    for (const its of given.values()) its.close().catch(() => {});
    given.clear();
  }
  function watch(lock: string): void {
    if (!tellsItsEnd(worker)) void watchLock(lock, watching.signal, () => end(gone()));
  }
  function ready(): void {
    if (isReady) return;
    isReady = true;
    for (const [message, transfer] of waiting.splice(0)) {
      try {
        send({ kind: 'peer', link, message }, transfer);
      } catch (cause) {
        if (message.kind === 'call') peer.unsent(message, cause);
      }
    }
  }
  function receive(message: Message): void {
    if (message.protocol !== PROTOCOL) {
      const about = { code: 'NotSupported', operation: 'openHdf5' } as const;
      end(new CloudError('the worker of HDF5 files is of another release of anyfile than this page', about));
    } else if (message.kind === 'serving') {
      // what was said before that may be lost
      if (!isReady) hello();
    } else if (message.link === link) {
      if (message.kind === 'ready') ready();
      else if (message.kind === 'locked') watch(message.lock);
      else if (message.kind === 'peer') peer.receive(message.message);
    }
  }

  const stop = listen(worker, {
    message(data) {
      const message = messageOf(data);
      if (message) receive(message);
    },
    unreadable: () => peer.unreadable(),
    gone: (cause) => end(gone(cause)),
    // later it may be something else that failed in there
    failed(cause) {
      if (!isReady) end(gone(cause));
    },
  });
  hello();

  async function close(): Promise<void> {
    watching.abort();
    try {
      // what never answered has no files to close
      if (isReady) await peer.call('closeAll', { file: null });
    } catch (error) {
      // nor has who is gone
      if (!life.signal.aborted) throw error;
    } finally {
      end(closed());
      const { terminate, close: closePort } = worker as Ending;
      if (terminate) await terminate.call(worker);
      else closePort?.call(worker);
    }
  }

  const closeOnce = (): Promise<void> => (closing ??= close());
  return Object.defineProperty(
    {
      async openHdf5(source: Hdf5Input, options: RemoteOpenOptions = {}) {
        const { signal } = options;
        throwIfAborted(signal);
        throwIfAborted(life.signal);
        const its = give(source, options, peer.errors);
        const file = ++last;
        given.set(file, its);
        const call: RemoteCall = (name, args, about) => peer.call(name, { ...args, file }, about);
        try {
          const { value, stats } = await call('open', { source: its.source, options: its.options }, { signal, transfer: its.transfer });
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
