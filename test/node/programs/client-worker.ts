/** A worker that is a client. Ends, on request, as workers should not. */
import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import { serveClient } from '../../../src/worker.ts';

parentPort?.on('message', (message) => {
  if (message === 'exit') process.exit(3);
  if (message === 'throw')
    setTimeout(() => {
      throw new TypeError('in the worker');
    });
});
serveClient();
