/**
 * A worker and a page in one thread, with a channel between them that is watched.
 *
 * @module
 */
import type { ClientOptions } from '../../../src/index.ts';
import {
  connectClient,
  serveClient,
  type RemoteClient,
  type RemoteClientOptions,
  type RemoteUse,
  type WorkerPort,
} from '../../../src/worker.ts';
import { delay } from '../../../src/util/abort.ts';
import { watched, type Sent } from '../hdf5/worker/rig.ts';

/** Both ends. */
export interface Rig {
  readonly client: RemoteClient;
  /** What went to the page, and from it. */
  readonly toPage: Sent;
  readonly toWorker: Sent;
  readonly page: MessagePort;
  readonly worker: MessagePort;
}

/** Runs a test with both ends, and closes them. */
export async function withRig(
  act: (rig: Rig) => Promise<void>,
  { init, options }: { init?: RemoteClientOptions; options?: ClientOptions } = {},
): Promise<void> {
  const { port1: page, port2: worker } = new MessageChannel();
  const toPage: Sent = { given: [], messages: [] };
  const toWorker: Sent = { given: [], messages: [] };
  serveClient(watched(worker, toPage), options);
  const port: WorkerPort = watched(page, toWorker);
  const client = await connectClient(port, init);
  try {
    await act({ client, toPage, toWorker, page, worker });
  } finally {
    await client.close();
    page.close();
    worker.close();
  }
}

/** Nothing is open. */
export const idle: RemoteUse = { calls: 0, bodies: 0, remoteCalls: 0, remoteBodies: 0 };

/** What is in use once what was let go of has gone: notes are on their way, cancelled work ends a little later. */
export async function usedAtLast(client: RemoteClient): Promise<RemoteUse> {
  let use = await client.inUse();
  for (let i = 0; i < 200 && JSON.stringify(use) !== JSON.stringify(idle); i++) {
    await delay(10);
    use = await client.inUse();
  }
  return use;
}
