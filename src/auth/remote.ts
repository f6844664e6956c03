/**
 * A signer elsewhere: the page asks it for every URL and never holds a key.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import type { AbortOptions, HttpRequest, RemoteSigner } from '../types.ts';
import { abortable } from '../util/abort.ts';
import { isSafeForSecrets } from '../util/safe-origin.ts';
import { headerText } from './canonical.ts';

/**
 * The request as the remote signer wants it sent. Headers that it returns come on top of those that were asked for.
 *
 * @param options.allowInsecure accept a signed URL at a plain http host elsewhere. @default false
 * @returns rejects with `Unauthenticated` when the signer fails, `InvalidResponse` when it answers with no usable URL
 */
export async function signRemotely(
  signer: RemoteSigner,
  request: HttpRequest,
  options: AbortOptions & { allowInsecure?: boolean | undefined } = {},
): Promise<HttpRequest> {
  const { method, url, headers } = request;
  const { signal } = options;
  let answer: Awaited<ReturnType<RemoteSigner['sign']>> | undefined;
  try {
    answer = await abortable(Promise.resolve(signer.sign({ method, url, headers: { ...headers }, signal })), signal);
  } catch (error) {
    if (signal?.aborted || isCloudError(error)) throw error;
    throw new CloudError('The remote signer failed', { code: 'Unauthenticated', url, cause: error });
  }
  const signed = answer?.url;
  if (typeof signed !== 'string' || !/^https?:/i.test(signed) || !URL.canParse(signed))
    throw new CloudError('The remote signer returned no URL', { code: 'InvalidResponse', url });
  const merged = { ...headers };
  for (const [name, value] of Object.entries(answer?.headers ?? {})) merged[name.toLowerCase()] = headerText(value);
  if (merged['authorization'] && !options.allowInsecure && !isSafeForSecrets(signed))
    throw new CloudError('The remote signer wants its secret sent over plain http', { code: 'InvalidResponse', url });
  return { ...request, url: signed, headers: merged };
}
