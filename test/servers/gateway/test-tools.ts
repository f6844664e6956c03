/** What the gateway's self tests have in common. */
import { randomBytes } from 'node:crypto';
import { env } from '../../env.ts';
import { equal, skip, test } from '../../harness.ts';
import { raw, sign } from '../fixture/raw-client.ts';
import type { RawReply, SignSpec } from '../fixture/raw-client.ts';
import { startGateway } from './server.mjs';
import type { Gateway, GatewayOptions } from './server.mjs';

/** Who may do everything. */
export const account: { accessKeyId: string; secretAccessKey: string } = {
  accessKeyId: 'A'.repeat(20),
  secretAccessKey: randomBytes(30).toString('base64'),
};

interface Tools {
  gateway: Gateway;
  origin: string;
  /** Signs and sends; default: GET of /bucket/key. */
  ask: (spec: Partial<SignSpec>) => Promise<RawReply>;
  spec: (spec: Partial<SignSpec>) => SignSpec;
}

/** Runs with a gateway of its own that has the bucket `bucket`. */
export function gatewayTest(name: string, run: (tools: Tools) => Promise<void>, options: Partial<GatewayOptions> = {}): void {
  test(`gateway: ${name}`, async () => {
    if (!env().engine.startsWith('node')) skip('a Node server, tested in Node');
    const gateway = await startGateway({ accounts: [account], buckets: ['bucket'], ...options });
    const spec = (given: Partial<SignSpec>): SignSpec => ({ origin: gateway.endpoint, path: '/bucket/key', ...account, ...given });
    try {
      await run({ gateway, origin: gateway.endpoint, spec, ask: (given) => raw(sign(spec(given))) });
    } finally {
      await gateway.close();
    }
  });
}

/** A PUT, as `ask` takes it. */
export const put = (path: string, body: Uint8Array | string, headers: Record<string, string> = {}): Partial<SignSpec> => ({
  method: 'PUT',
  path,
  body,
  headers,
});

/** Fails unless the answer has that status and error code. */
export async function expect(reply: Promise<RawReply>, want: number, code?: string): Promise<RawReply> {
  const got = await reply;
  equal([got.status, got.code], [want, code], got.text.slice(0, 200));
  return got;
}
