/**
 * Calls between two sides of a port, in both directions: each call has one answer, or is given up. Why not Comlink: it drops codes, fields and causes
 * of errors, cannot send an AbortSignal, and what it would save is smaller than what would have to be put around it.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { AbortOptions } from '../types.ts';
import { onAbort, throwIfAborted } from '../util/abort.ts';
import { createErrorPacker, type ErrorClasses, type ErrorPacker, type PackedError } from './packed-error.ts';

/** What one side says to the other. */
export type PeerMessage =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly args: unknown }
  /** A call without an answer. */
  | { readonly kind: 'note'; readonly name: string; readonly args: unknown }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: PackedError }
  /** The call is given up: its work is to end, and its answer is not waited for. */
  | { readonly kind: 'abort'; readonly id: number; readonly reason: PackedError }
  /** Something came that could not be read; whatever it was, it has no answer. */
  | { readonly kind: 'unreadable' };

/** An answer, and the buffers in it that are given away. */
export interface Answer {
  readonly value: unknown;
  readonly transfer?: Iterable<ArrayBuffer> | undefined;
}

/** Does what is called. The signal tells that the call was given up. */
export type Handler = (args: never, signal: AbortSignal) => Promise<Answer>;

/** How a call is made. */
export interface CallOptions extends AbortOptions {
  readonly transfer?: readonly ArrayBuffer[] | undefined;
}

/** One side. */
export interface Peer {
  readonly errors: ErrorPacker;
  /** @throws what the other side threw; `signal.reason`; CloudError `InvalidArgument` for what cannot be sent, `Network` when it got lost */
  call<T>(name: string, args: unknown, options?: CallOptions): Promise<T>;
  note(name: string, args: unknown): void;
  receive(message: PeerMessage): void;
  /** A call could not be sent after all. */
  unsent(call: PeerMessage & { kind: 'call' }, cause: unknown): void;
  /** Something came that could not be read: both sides give up what they wait for, for it may have been that. */
  unreadable(): void;
  /** Ends what is done for the other side, rejects what is waited for and all further calls. */
  end(error: unknown): void;
  /** How many calls are under way: made here, and done here. */
  readonly size: { readonly made: number; readonly done: number };
}

/** What a side is made of. */
export interface PeerInit {
  post(message: PeerMessage, transfer: ArrayBuffer[]): void;
  /** What the other side may call, by name. */
  readonly handlers: ReadonlyMap<string, Handler>;
  /** What both sides throw, beside what all know. */
  readonly classes?: ErrorClasses | undefined;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  off(): void;
}

const lost = (): CloudError => new CloudError('a message between two threads could not be read', { code: 'Network' });

const unsendable = (name: string, cause: unknown): CloudError =>
  new CloudError(`something that ${name} was given cannot be sent to another thread`, { code: 'InvalidArgument', operation: name, cause });

/** Make one side. */
export function createPeer({ post, handlers, classes }: PeerInit): Peer {
  const errors = createErrorPacker(classes);
  const waiting = new Map<number, Waiting>();
  const running = new Map<number, AbortController>();
  let last = 0;
  let ended: { error: unknown } | undefined;

  const send = (message: PeerMessage, transfer: Iterable<ArrayBuffer> = []): void => {
    if (!ended) post(message, [...transfer]);
  };
  const take = (id: number): Waiting | undefined => {
    const one = waiting.get(id);
    waiting.delete(id);
    one?.off();
    return one;
  };
  const rejectAll = (error: unknown): void => {
    for (const id of waiting.keys()) take(id)?.reject(error);
  };

  function call<T>(name: string, args: unknown, { signal, transfer }: CallOptions = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      throwIfAborted(signal);
      if (ended) throw ended.error;
      const id = ++last;
      try {
        send({ kind: 'call', id, name, args }, transfer);
      } catch (cause) {
        throw unsendable(name, cause);
      }
      const giveUp = (): void => {
        if (!take(id)) return;
        reject(signal?.reason);
        send({ kind: 'abort', id, reason: errors.pack(signal?.reason) });
      };
      waiting.set(id, { resolve, reject, off: onAbort(signal, giveUp) });
    });
  }

  async function run(id: number, name: string, args: unknown): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const { value, transfer } = await handle(name, args, controller.signal);
      // who gave up waits for nothing
      if (running.delete(id)) send({ kind: 'done', id, value }, transfer);
    } catch (error) {
      if (running.delete(id) || !controller.signal.aborted) send({ kind: 'failed', id, error: errors.pack(error) });
    }
  }

  async function handle(name: string, args: unknown, signal: AbortSignal): Promise<Answer> {
    const handler = handlers.get(name);
    if (!handler) throw new CloudError(`there is no call '${name}'`, { code: 'NotSupported', operation: name });
    return handler(args as never, signal);
  }

  function unreadable(): void {
    send({ kind: 'unreadable' });
    rejectAll(lost());
  }

  return {
    errors,
    call,
    note: (name, args) => send({ kind: 'note', name, args }),
    receive(message) {
      if (ended) return;
      switch (message.kind) {
        case 'call':
          void run(message.id, message.name, message.args);
          break;
        case 'note':
          // what it throws is for nobody: a caller's function that is told of things fails nothing, as in a client of this realm
          handle(message.name, message.args, new AbortController().signal).catch(() => {});
          break;
        case 'done':
          take(message.id)?.resolve(message.value);
          break;
        case 'failed':
          take(message.id)?.reject(errors.unpack(message.error));
          break;
        case 'abort': {
          const controller = running.get(message.id);
          running.delete(message.id);
          controller?.abort(errors.unpack(message.reason));
          break;
        }
        case 'unreadable':
          rejectAll(lost());
      }
    },
    unsent: ({ id, name }, cause) => take(id)?.reject(unsendable(name, cause)),
    unreadable,
    end(error) {
      if (ended) return;
      ended = { error };
      rejectAll(error);
      for (const controller of running.values()) controller.abort(error);
      running.clear();
    },
    get size() {
      return { made: waiting.size, done: running.size };
    },
  };
}
