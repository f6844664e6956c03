/**
 * Where a signer is.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { isSafeForSecrets } from '../util/safe-origin.ts';

/**
 * The absolute address of a signer.
 *
 * @param url in pages and their workers it may be relative to theirs
 * @throws CloudError `InvalidArgument`: no address, or plain http to another machine
 */
export function signerAddress(url: string): string {
  const base = (globalThis as { location?: { href: string } }).location?.href;
  if (!URL.canParse(url, base)) throw new CloudError('The signer has no address', { code: 'InvalidArgument' });
  const address = new URL(url, base).href;
  if (!isSafeForSecrets(address)) throw new CloudError('Signed URLs would come over plain http', { code: 'InvalidArgument', url: address });
  return address;
}
