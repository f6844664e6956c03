/**
 * Where the blocks of a page run: a folder, buckets of S3 and GCS, and the variables that name them, as a reader would have them set.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { Client } from '../../../src/index.ts';
import { need } from '../../env.ts';
import { ok } from '../../harness.ts';
import { startGateway } from '../../servers/gateway/server.mjs';

/** What is there before the first block of a page runs. */
export interface Setting {
  /** Objects of `s3://my-bucket`, or by their whole address; a number is so many bytes. */
  objects?: Record<string, string | number | Uint8Array>;
  /** What the web server holds that stands for every host of the pages, by path. */
  web?: Record<string, string>;
  /** Files of the folder. */
  files?: Record<string, string>;
  /** Packages that its programs import, with their versions. */
  packages?: Record<string, string>;
  /** Code that runs first and puts what the page takes for given on `globalThis`. */
  given?: string;
}

/** Where blocks run. */
export interface World {
  env: Record<string, string>;
  /** Of S3. */
  endpoint: string;
  /** Address of the web server. */
  web: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  close(): Promise<void>;
}

const region = 'eu-central-1';
const buckets = ['my-bucket', 'bucket', 'other', 'raw', 'archive', 'jobs'];

/** Serves texts by their paths. */
async function startWeb(texts: Record<string, string>): Promise<Server> {
  const server = createServer(({ url = '' }, response) => {
    const text = texts[url.slice(1)];
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(text ?? '');
  });
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return server;
}

/** Makes the buckets of a page at the emulator of GCS, which others use as well. */
async function makeGcsBuckets(endpoint: string): Promise<void> {
  for (const name of buckets) {
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(`${endpoint}/storage/v1/b?project=docs`, { method: 'POST', headers, body: JSON.stringify({ name }) });
    ok(status === 200 || status === 409, `a bucket ${name}, ${status}`);
  }
}

/**
 * Opens it.
 *
 * @param dir an empty folder
 * @param bin where the command is
 */
export async function openWorld(dir: string, bin: string, { objects = {}, files = {}, web = {} }: Setting): Promise<World> {
  const gcs = need('fake-gcs').endpoint;
  const credentials = { accessKeyId: 'READER', secretAccessKey: crypto.randomUUID() };
  const gateway = await startGateway({ accounts: [credentials], region, buckets });
  await makeGcsBuckets(gcs);
  const server = await startWeb(web);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  const s3 = new Client({ endpoint: gateway.endpoint, region, credentials });
  const gs = new Client({ endpoint: gcs, credentials: 'anonymous' });
  for (const [name, content] of Object.entries(objects)) {
    const at = /^(\w+:\/\/[^/]+)\/(.+)$/.exec(name) ?? ['', 's3://my-bucket', name];
    const [, bucket = '', key = ''] = at;
    const bytes = typeof content === 'number' ? Uint8Array.from({ length: content }, (_, i) => i) : content;
    await (bucket.startsWith('gs:') ? gs : s3).files(bucket).put(key, bytes);
  }
  await Promise.all([s3.close(), gs.close()]);
  return {
    endpoint: gateway.endpoint,
    web: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials,
    env: {
      PATH: `${bin}:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
      HOME: dir,
      LANG: 'C.UTF-8',
      NODE_NO_WARNINGS: '1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_S3: gateway.endpoint,
      AWS_REGION: region,
      STORAGE_EMULATOR_HOST: gcs,
    },
    async close() {
      server.close();
      await gateway.close();
    },
  };
}
