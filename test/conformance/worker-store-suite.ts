/**
 * The conformance suite of stores, run through a client in a worker.
 *
 * @module
 */
import { connectClient, type WorkerPort } from '../../src/worker.ts';
import { need } from '../env.ts';
import { openScenario } from '../servers/fixture/client.ts';
import { storeSuite } from './store-suite.ts';

/**
 * Declares the suite's tests for memory and for S3.
 *
 * @param where what the client is in, for names
 * @param port the same one each time: a client that is closed leaves it alone
 */
export function workerStoreSuite(where: string, port: () => WorkerPort): void {
  storeSuite(`memory in a ${where}`, {
    async open() {
      const client = await connectClient(port());
      return { store: client.store('mem://suite'), close: () => client.close() };
    },
  });

  storeSuite(`S3 in a ${where}`, {
    verifies: true,
    // S3 makes writers of metadata wait for seconds, through a worker as without one
    skip: (what) => (/^of two writers|^other metadata for/.test(what) ? 'unit/store/remote waits for it' : undefined),
    async open() {
      need('fixture');
      const { endpoint, bucket, region, credentials, close } = await openScenario('s3', {});
      const keys = async (): Promise<typeof credentials> => credentials;
      const client = await connectClient(port(), { endpoint, region, credentials: keys, retry: { minDelayMs: 20 } });
      return {
        store: client.store(`s3://${bucket}`),
        async close() {
          await client.close();
          await close();
        },
      };
    },
  });
}
