/**
 * Secrets do not travel in the clear.
 *
 * @module
 */
import { isSafeForSecrets } from '../util/safe-origin.ts';
import { invalid } from './canonical.ts';

/**
 * Refuses to send secrets to a plain http host elsewhere.
 *
 * @param what the subject of the sentence
 * @throws CloudError `InvalidArgument`
 */
export function refuseInsecure(url: string, what: string): void {
  if (!isSafeForSecrets(url)) throw invalid(`${what} would go over plain http to another machine`);
}
