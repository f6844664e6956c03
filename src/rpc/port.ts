/**
 * The two kinds of ports: those of the web, which tell by events, and those of Node's worker_threads, which hand out what came.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { MessagePortLike } from '../platform/message-port.ts';

/** What messages go through: a Worker of the web or of `node:worker_threads`, a MessagePort, or a worker's own scope. */
export type WorkerPort = MessagePortLike;

/** What comes out of a port. */
export interface PortEvents {
  message(data: unknown): void;
  /** Something came that could not be read. */
  readonly unreadable: () => void;
  /** The other side is gone for good. */
  gone(cause?: unknown): void;
  /** Something threw there that nobody caught; whether that is the end is not known. */
  failed(cause: unknown): void;
}

interface WebPort {
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
  start?(): void;
}

interface NodePort {
  on(type: string, listener: (value: unknown) => void): void;
  off(type: string, listener: (value: unknown) => void): void;
}

const has = <T extends object>(port: object, name: keyof T): port is T => typeof (port as Record<keyof T, unknown>)[name] === 'function';

/** Whether a port tells when its other side is gone, and why. */
export const tellsItsEnd = (port: WorkerPort): boolean => has<NodePort>(port, 'on');

/**
 * Listen to a port.
 *
 * @returns ends it
 * @throws CloudError `InvalidArgument` when it is no port
 */
export function listen(port: WorkerPort, events: PortEvents): () => void {
  const isObject = typeof port === 'object' && port !== null;
  if (isObject && has<WorkerPort>(port, 'postMessage')) {
    if (has<NodePort>(port, 'on')) return listenToNode(port, events);
    if (has<WebPort>(port, 'addEventListener')) return listenToWeb(port, events);
  }
  throw new CloudError('a Worker or a MessagePort is needed', { code: 'InvalidArgument' });
}

/** Puts listeners on, and says how they are taken off. */
function attach<T>(
  listeners: Readonly<Record<string, (value: T) => void>>,
  on: (type: string, listener: (value: T) => void) => void,
  off: (type: string, listener: (value: T) => void) => void,
): () => void {
  const each = (act: typeof on): void => Object.entries(listeners).forEach(([type, listener]) => act(type, listener));
  each(on);
  return () => each(off);
}

function listenToNode(port: NodePort, events: PortEvents): () => void {
  let cause: unknown;
  const gone = (): void => events.gone(cause);
  const listeners = {
    message: (value: unknown) => events.message(value),
    messageerror: events.unreadable,
    // the end follows
    error: (error: unknown) => void (cause = error),
    exit: gone,
    close: gone,
  };
  return attach(
    listeners,
    (type, listener) => port.on(type, listener),
    (type, listener) => port.off(type, listener),
  );
}

function listenToWeb(port: WebPort, events: PortEvents): () => void {
  const listeners = {
    message: (event: Event) => events.message((event as MessageEvent).data),
    messageerror: events.unreadable,
    error(event: Event) {
      const { error, message } = event as Partial<ErrorEvent>;
      events.failed(error ?? (message ? new Error(message) : undefined));
    },
    // of ports in some browsers, of Bun's workers
    close: () => events.gone(),
  };
  const stop = attach(
    listeners,
    (type, listener) => port.addEventListener(type, listener),
    (type, listener) => port.removeEventListener(type, listener),
  );
  port.start?.();
  return stop;
}
