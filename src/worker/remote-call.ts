/**
 * How stores and clients of a worker ask it.
 *
 * @module
 */
import type { CallOptions, Peer } from '../rpc/peer.ts';
import type { GivenBodies } from './given-bodies.ts';
import type { WorkerCalls } from './messages.ts';

/** What the stores of one connection share. */
export interface RemoteContext {
  readonly peer: Peer;
  readonly bodies: GivenBodies;
  call<Name extends keyof WorkerCalls>(name: Name, args: WorkerCalls[Name][0], options?: CallOptions): Promise<WorkerCalls[Name][1]>;
  /** A number for what the worker keeps. */
  nextId(): number;
  /** Lets go of it. More than once does no harm. */
  release(id: number, because?: { reason: unknown }): void;
  /** Lets go of it when nobody has the object any more. @returns takes that back */
  releaseWith(object: object, id: number): () => void;
}

/** Make it. */
export function createRemoteContext(peer: Peer, bodies: GivenBodies): RemoteContext {
  let last = 0;
  const release = (id: number, because?: { reason: unknown }): void =>
    peer.note('release', { id, reason: because && peer.errors.pack(because.reason) });
  const dropped = new FinalizationRegistry((id: number) => release(id));
  return {
    peer,
    bodies,
    call: (name, args, options) => peer.call(name, args, options),
    nextId: () => ++last,
    release,
    releaseWith(object, id) {
      // not the object itself, which whoever takes it back would hold
      const token = {};
      dropped.register(object, id, token);
      return () => void dropped.unregister(token);
    },
  };
}
