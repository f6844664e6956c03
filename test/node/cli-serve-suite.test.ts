/** The endpoint of `anyfile serve`, held to what every store must do. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../src/cli/serve/server.ts';
import { Client } from '../../src/index.ts';
import { storeSuite } from '../conformance/store-suite.ts';
import { env } from '../env.ts';

const account = { accessKeyId: 'SERVE', secretAccessKey: 'secret of the suite' };

const limits: Record<string, string> = {
  'a key beside keys below it': 'objects are files: a and a/b clash',
};

storeSuite('anyfile serve', {
  verifies: true,
  skip: (what) =>
    limits[what] ??
    // seconds pass alike everywhere
    (env().engine !== 'node' && /as expected$|none loses a change/.test(what)
      ? 'one engine is enough: S3 makes writers of metadata wait'
      : undefined),
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'anyfile-serve-'));
    const server = await startServer({ folder, bucket: 'data', account, region: 'eu-west-1', host: '127.0.0.1', port: 0 });
    const client = new Client({
      endpoint: server.endpoint,
      region: 'eu-west-1',
      credentials: account,
      retry: { attempts: 3, minDelayMs: 20 },
    });
    return {
      store: client.store('s3://data/'),
      async close() {
        await client.close();
        await server.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
});
