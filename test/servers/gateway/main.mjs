/**
 * `node main.mjs [--port N] [--host H] [--region R] [--bucket NAME]…`: starts the gateway with random credentials, prints one
 * line of JSON (endpoint, region, credentials, buckets) and runs until SIGINT or SIGTERM, or until its stdin closes where
 * `--stdin` is given.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { startGateway } from './server.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    region: { type: 'string', default: 'us-east-1' },
    bucket: { type: 'string', multiple: true, default: [] },
    stdin: { type: 'boolean', default: false },
  },
});
const account = {
  accessKeyId: `LOCAL${randomBytes(8).toString('hex').slice(0, 15).toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString('base64'),
};
const gateway = await startGateway({
  accounts: [account],
  port: Number(values.port),
  host: values.host,
  region: values.region,
  buckets: values.bucket,
});
console.log(JSON.stringify({ endpoint: gateway.endpoint, region: values.region, ...account, buckets: values.bucket }));

const stop = () => void gateway.close();
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
if (values.stdin) process.stdin.once('end', stop).resume();
