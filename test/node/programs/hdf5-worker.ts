/**
 * A worker that opens HDF5 files. Posts, on request, what it gave away: sizes, and what is left of them. Ends, on
 * request, as workers should not.
 */
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { serveHdf5 } from '../../../src/worker.ts';

/** Watches what goes through a port. */
function watch(port: NonNullable<typeof parentPort>): void {
  const given: { buffer: ArrayBuffer; before: number }[] = [];
  const post = port.postMessage.bind(port);
  port.postMessage = (message: unknown, transfer: ArrayBuffer[] = []) => {
    for (const buffer of transfer) given.push({ buffer, before: buffer.byteLength });
    post(message, transfer);
  };
  port.on('message', (message) => {
    if (message === 'given') post({ given: given.map(({ buffer, before }) => [before, buffer.byteLength]) });
    if (message === 'exit') process.exit(3);
    if (message === 'throw')
      setTimeout(() => {
        throw new TypeError('in the worker');
      });
  });
}

if (workerData === 'watched') watch(parentPort!);
serveHdf5();
