/**
 * The endpoint of `anyfile serve` over a folder of one test, and raw requests to it.
 *
 * @module
 */
import { AwsClient } from 'aws4fetch';
import { startServer, type ServerOptions } from '../../../src/cli/serve/server.ts';
import { Client, type ClientOptions, type ObjectStore } from '../../../src/index.ts';
import { inFolder } from './run-cli.ts';

/** Who may do everything. */
export const account = { accessKeyId: 'SERVE', secretAccessKey: 'a secret of the tests' };

/** A running endpoint. */
export interface Served {
  folder: string;
  endpoint: string;
  client: Client;
  store: ObjectStore;
  /** Signed by another client of S3's; `path` as on the wire, with a query. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Begin anew over the same folder. */
  restart(): Promise<void>;
}

/** Run a test's body with an endpoint of its own. */
export async function served(
  work: (at: Served) => Promise<void>,
  options: Partial<ServerOptions> = {},
  clientOptions: ClientOptions = {},
): Promise<void> {
  await inFolder(async (folder) => {
    const begin = (port: number): ReturnType<typeof startServer> =>
      startServer({ folder, bucket: 'data', account, region: 'us-east-1', host: '127.0.0.1', port, ...options });
    let server = await begin(0);
    const { endpoint } = server;
    const client = new Client({
      endpoint,
      region: 'us-east-1',
      credentials: account,
      retry: { attempts: 2, minDelayMs: 1 },
      ...clientOptions,
    });
    const peer = new AwsClient({ ...account, service: 's3', region: 'us-east-1', retries: 0 });
    try {
      await work({
        folder,
        endpoint,
        client,
        store: client.store('s3://data/'),
        ask: (path, init) => peer.fetch(endpoint + path, init),
        async restart() {
          await server.close();
          server = await begin(Number(new URL(endpoint).port));
        },
      });
    } finally {
      await client.close();
      await server.close();
    }
  });
}

/** The text of the first element of that name. */
export const fieldOf = (xml: string, name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
