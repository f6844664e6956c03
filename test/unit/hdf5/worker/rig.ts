/**
 * A worker and a page in one thread, with a channel between them that is watched.
 *
 * @module
 */
import { connectHdf5, serveHdf5, type RemoteHdf5, type ServeOptions, type WorkerPort } from '../../../../src/worker.ts';

/** What went from the worker to the page. */
export interface Sent {
  /** Buffers that were given away, and how large they were. */
  readonly given: { readonly buffer: ArrayBuffer; readonly sizeBytes: number }[];
  /** The kinds of messages. */
  readonly messages: unknown[];
}

/** Both ends. */
export interface Rig extends Sent {
  readonly remote: RemoteHdf5;
  readonly page: MessagePort;
  readonly worker: MessagePort;
}

/** A port that also writes down what is sent. */
export function watched(port: MessagePort, { given, messages }: Sent): WorkerPort {
  return {
    postMessage(message: unknown, transfer: ArrayBuffer[]) {
      messages.push(message);
      given.push(...transfer.map((buffer) => ({ buffer, sizeBytes: buffer.byteLength })));
      port.postMessage(message, transfer);
    },
    addEventListener: port.addEventListener.bind(port),
    removeEventListener: port.removeEventListener.bind(port),
    start: port.start.bind(port),
  } as WorkerPort;
}

/** Runs a test with both ends, and closes them. */
export async function withRig(act: (rig: Rig) => Promise<void>, options?: ServeOptions): Promise<void> {
  const { port1: page, port2: worker } = new MessageChannel();
  const sent: Sent = { given: [], messages: [] };
  serveHdf5(watched(worker, sent), options);
  const remote = connectHdf5(page);
  try {
    await act({ ...sent, remote, page, worker });
  } finally {
    await remote.close();
    worker.close();
  }
}
