/**
 * The end of a connection that asks for it: a page's, or whoever started the worker.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { watchLock } from './life-lock.ts';
import { messageOf, type Message, type Protocol, type Said } from './messages.ts';
import type { ErrorClasses } from './packed-error.ts';
import { createPeer, type Handler, type Peer, type PeerMessage } from './peer.ts';
import { listen, tellsItsEnd, type WorkerPort } from './port.ts';

/** What a connection is made of. */
export interface ConnectInit {
  readonly protocol: Protocol;
  /** The method of the public API, for errors. */
  readonly operation: string;
  /** What the other end may call. */
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly classes?: ErrorClasses | undefined;
  /** Called once, when the connection has ended, for whatever reason. */
  onEnd(): void;
}

/** A connection. Nothing has to be waited for: calls are sent when the other end is there. */
export interface Link {
  /** What the other end knows it by. */
  readonly id: string;
  readonly peer: Peer;
  /** Aborted by its end, with the reason. */
  readonly life: AbortSignal;
  /** Ends it: all that waits and all that comes rejects with the error. */
  end(error: CloudError): void;
  /** Says goodbye by a call, ends the connection and, when asked to, the worker; a MessagePort is closed. */
  close(goodbye: string, error: CloudError, endsPort: boolean): Promise<void>;
}

/** How long the answer to a goodbye may be on its way when its sender may be gone. */
const ANSWER_MS = 1000;

interface Ending {
  terminate?(): unknown;
  close?(): void;
}

/**
 * Connect to what is served at the other end of a port.
 *
 * @throws CloudError `InvalidArgument` when it is no port. The connection ends with `Network` when the worker is gone or could not be started, and
 *   with `NotSupported` when it is of another release of anyfile
 */
export function connectLink(port: WorkerPort, init: ConnectInit): Link {
  const { protocol, operation, handlers, classes } = init;
  // not randomUUID, which insecure pages do not have
  const link = crypto.getRandomValues(new Uint32Array(4)).join('-');
  const waiting: [PeerMessage, ArrayBuffer[]][] = [];
  const life = new AbortController();
  const watching = new AbortController();
  let isReady = false;
  /** Why it ends, once it is being closed. */
  let closing: CloudError | undefined;

  const gone = (cause?: unknown): CloudError =>
    new CloudError('the worker has ended or could not be started', { code: 'Network', operation, cause });
  const send = (said: Said, transfer: ArrayBuffer[] = []): void => port.postMessage({ ...protocol, ...said } satisfies Message, transfer);
  const hello = (): void => send({ kind: 'hello', link });
  function post(message: PeerMessage, transfer: ArrayBuffer[]): void {
    if (isReady) send({ kind: 'peer', link, message }, transfer);
    else waiting.push([message, transfer]);
  }
  const peer = createPeer({ post, handlers, classes });

  function end(error: CloudError): void {
    if (life.signal.aborted) return;
    life.abort(error);
    watching.abort();
    stop();
    waiting.length = 0;
    peer.end(error);
    init.onEnd();
  }
  /** What the other end is waited for with: an end that comes before its lock was looked at would not be noticed. */
  let looked: Promise<void> | undefined;
  function watch(lock: string): void {
    if (tellsItsEnd(port)) return;
    // who says goodbye lets go of the lock as well: then the answer, which may be an error, is on its way
    looked = watchLock(lock, watching.signal, () => (closing ? void setTimeout(end, ANSWER_MS, closing) : end(gone())));
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
    if (message.protocol !== protocol.protocol) {
      end(new CloudError('the worker is of another release of anyfile than this page', { code: 'NotSupported', operation }));
    } else if (message.kind === 'serving') {
      // what was said before that may be lost
      if (!isReady) hello();
    } else if (message.link === link) {
      if (message.kind === 'ready') void (looked?.then(ready) ?? ready());
      else if (message.kind === 'locked') watch(message.lock);
      else if (message.kind === 'peer') peer.receive(message.message);
    }
  }

  const stop = listen(port, {
    message(data) {
      const message = messageOf(data, protocol);
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

  return {
    id: link,
    peer,
    life: life.signal,
    end,
    async close(goodbye, error, endsPort) {
      // it is watched on: who is gone does not answer
      closing = error;
      try {
        // what never answered has nothing to close
        if (isReady) await peer.call(goodbye, {});
      } catch (failure) {
        // nor has who is gone
        if (!life.signal.aborted) throw failure;
      } finally {
        end(error);
        const { terminate, close } = port as Ending;
        if (endsPort && terminate) await terminate.call(port);
        else if (endsPort) close?.call(port);
      }
    },
  };
}
