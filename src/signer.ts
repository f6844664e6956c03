/**
 * Signatures from the app's own server, so that no page holds a key: `anyfile/signer`. `createSignerHandler` runs on the server (Node,
 * Bun, Deno, workerd), `createRemoteSigner` in the page.
 *
 * @example
 * // on the server
 * import { createSignerHandler } from 'anyfile/signer';
 * const sign = createSignerHandler({
 *   allow: [{ url: 's3://bucket/public/', operations: ['read', 'list'] }],
 *   credentials: { accessKeyId, secretAccessKey },
 *   region: 'eu-central-1',
 *   authorize: (request) => isLoggedIn(request.headers.get('cookie')),
 * });
 * Deno.serve(sign);
 *
 * // in the page
 * import { CloudFiles } from 'anyfile';
 * import { createRemoteSigner } from 'anyfile/signer';
 * const files = new CloudFiles('s3://bucket/public', { credentials: createRemoteSigner({ url: '/sign' }), region: 'eu-central-1' });
 *
 * @module
 */
export {
  createSignerHandler,
  type AskedOperation,
  type Authorization,
  type SignerDecision,
  type SignerHandlerOptions,
} from './signer/handler.ts';
export type { CorsOptions } from './signer/http.ts';
export type { AskedSignature, SignerAnswer, SignerOperation, SignerQuestion, SignerRefusal, SignerResult } from './signer/protocol.ts';
export { createRemoteSigner, type RemoteSignerOptions } from './signer/remote-signer.ts';
export type { PlaceOptions, SignerRule } from './signer/rules.ts';
