/**
 * How objects of a file that is open in a worker ask it. Types only, no code.
 *
 * @module
 */
import type { CallOptions } from '../../rpc/peer.ts';
import type { WithStats, WorkerCalls } from './messages.ts';

/** A call for one file. */
export type RemoteCall = <Name extends keyof WorkerCalls>(
  name: Name,
  args: Omit<WorkerCalls[Name][0], 'file'>,
  options?: CallOptions,
) => Promise<WithStats<WorkerCalls[Name][1]>>;

/** What the objects of one file share. */
export interface RemoteContext {
  /** Asks the worker, and remembers what the file has done by then. */
  ask<Name extends keyof WorkerCalls>(
    name: Name,
    args: Omit<WorkerCalls[Name][0], 'file'>,
    options?: CallOptions,
  ): Promise<WorkerCalls[Name][1]>;
}
