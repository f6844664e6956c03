// How each server is started and set up: one function a server, which gives what env.ts says of it and how to stop it.
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startProcess } from './process.mjs';
import { s3Request } from './s3-request.mjs';

const region = 'us-east-1';
const bucket = 'anyfile-test';
const words = (text) => text.trim().split(/\s+/);

/** Headers of an answer that pages may read. S3's CORS wants each by name, so tests in pages keep to these metadata names. */
const exposedHeaders = words(`
  ETag Content-Range Content-Disposition Content-Encoding Content-Length Accept-Ranges Last-Modified Location x-amz-request-id x-amz-version-id
  x-amz-delete-marker x-amz-mp-parts-count x-amz-storage-class x-amz-checksum-crc32 x-amz-checksum-crc32c x-amz-checksum-crc64nvme
  x-amz-checksum-sha1 x-amz-checksum-sha256 x-amz-checksum-type x-amz-meta-owner x-amz-meta-note x-amz-meta-a x-amz-meta-b
`);

/** Headers that pages may send to fake-gcs-server, which wants each by name too. */
const gcsHeaders = words(`
  authorization cache-control content-encoding content-range content-type if-match if-none-match range x-goog-acl
  x-goog-content-length-range x-goog-copy-source x-goog-custom-time x-goog-generation x-goog-hash x-goog-if-generation-match
  x-goog-if-metageneration-match x-goog-meta-a x-goog-meta-b x-goog-meta-note x-goog-meta-owner x-goog-metageneration
  x-goog-resumable x-goog-storage-class x-goog-user-project x-goog-api-client x-upload-content-type x-upload-content-length
`);

const flags = (given) => Object.entries(given).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]));

/** A free address, in the pieces that the servers want. */
async function newAddress() {
  const port = await freePort();
  return { endpoint: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, port };
}

/** Keys that live as long as one run. */
const newKeys = () => ({
  region,
  accessKeyId: `AK${randomBytes(9).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString('base64url'),
});

/** Sends a request until it is answered well: a server that says it is ready may still refuse the first ones. */
async function insist(send) {
  for (let attempt = 1; ; attempt++) {
    const response = await send();
    const text = await response.text();
    if (response.ok) return;
    if (response.status < 500 || attempt === 20) throw new Error(`set-up: ${response.status} ${text.slice(0, 300)}`);
    await sleep(250);
  }
}

async function makeGcsBucket(endpoint) {
  const headers = { 'content-type': 'application/json' };
  await insist(() => fetch(`${endpoint}/storage/v1/b?project=test`, { method: 'POST', headers, body: JSON.stringify({ name: bucket }) }));
}

/** The servers that are programs of their own, by the names of env.ts, and the Python that tests start by themselves. */
export const starters = {
  async versitygw({ program }, temp) {
    const { endpoint, host, port } = await newAddress();
    const server = { endpoint, ...newKeys(), bucket };
    const [data, versions, sidecar] = ['data', 'versions', 'sidecar'].map((name) => mkdtempSync(join(temp, `${name}-`)));
    const common = {
      port: host,
      region,
      'virtual-domain': `localhost:${port}`,
      health: '/health',
      'cors-allow-origin': '*',
      'keep-alive': true,
      quiet: true,
    };
    const options = {
      env: { ROOT_ACCESS_KEY: server.accessKeyId, ROOT_SECRET_KEY: server.secretAccessKey },
      ready: `${endpoint}/health`,
      async setUp() {
        await insist(() => s3Request(server, 'PUT', bucket));
        await insist(() => s3Request(server, 'PUT', bucket, 'cors', corsRules()));
      },
    };
    const start = (more) =>
      startProcess(program, [...flags(common), 'posix', ...flags({ 'versioning-dir': versions, ...more }), data], options);
    // A file system without extended attributes needs a folder for them.
    return { info: server, ...(await start({}).catch(() => start({ sidecar }))) };
  },

  async minio({ program }, temp) {
    const { endpoint, host } = await newAddress();
    const server = { endpoint, ...newKeys(), bucket };
    const { host: consoleHost } = await newAddress();
    const settings = {
      MINIO_SITE_REGION: region,
      MINIO_DOMAIN: 'localhost',
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
      MINIO_API_CORS_ALLOW_ORIGIN: '*',
    };
    const running = await startProcess(
      program,
      ['server', ...flags({ address: host, 'console-address': consoleHost, quiet: true }), join(temp, 'minio')],
      {
        env: { ...settings, MINIO_ROOT_USER: server.accessKeyId, MINIO_ROOT_PASSWORD: server.secretAccessKey, HOME: temp },
        ready: `${endpoint}/minio/health/live`,
        setUp: () => insist(() => s3Request(server, 'PUT', bucket)),
      },
    );
    return { info: server, ...running };
  },

  async 'fake-gcs'({ program }) {
    const { endpoint, host, port } = await newAddress();
    const place = { scheme: 'http', host: '127.0.0.1', port, 'external-url': endpoint, 'public-host': host };
    const args = flags({ ...place, backend: 'memory', 'log-level': 'warn', 'cors-headers': gcsHeaders.join() });
    const running = await startProcess(program, args, { ready: `${endpoint}/_internal/healthcheck`, setUp: () => makeGcsBucket(endpoint) });
    return { info: { endpoint, bucket }, ...running };
  },

  async 'gcs-emulator'({ program }) {
    const { endpoint, port } = await newAddress();
    const args = ['start', ...flags({ host: '127.0.0.1', port, 'in-memory': true, quiet: true })];
    const running = await startProcess(program, args, {
      ready: `${endpoint}/storage/v1/b?project=test`,
      setUp: () => makeGcsBucket(endpoint),
    });
    return { info: { endpoint, bucket }, ...running };
  },

  async toxiproxy({ program }) {
    const { endpoint, port } = await newAddress();
    const running = await startProcess(program, flags({ host: '127.0.0.1', port }), {
      env: { LOG_LEVEL: 'error' },
      ready: `${endpoint}/version`,
    });
    return { info: { api: endpoint }, ...running };
  },

  async octue({ program }) {
    return { info: { python: program }, stop: async () => {} };
  },

  async cloudfiles({ program }) {
    return { info: { python: program }, stop: async () => {} };
  },
};

function corsRules() {
  const methods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'].map((method) => `<AllowedMethod>${method}</AllowedMethod>`);
  const exposed = exposedHeaders.map((name) => `<ExposeHeader>${name}</ExposeHeader>`);
  const rule = ['<AllowedOrigin>*</AllowedOrigin>', '<AllowedHeader>*</AllowedHeader>', ...methods, ...exposed].join('');
  return `<CORSConfiguration><CORSRule>${rule}</CORSRule></CORSConfiguration>`;
}
