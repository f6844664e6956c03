/**
 * Telling the user of something odd that is no error.
 *
 * @module
 */
import type { CloudError } from '../errors.ts';
import type { StoreContext } from './context.ts';

/** Hands a warning to the client's `onWarning`, else to the console. It holds no secret, as no CloudError does. */
export function warn(context: StoreContext, warning: CloudError): void {
  const { onWarning } = context.options;
  if (onWarning) onWarning(warning);
  // The one place of the library that prints: nobody asked to be told in another way.
  // oxlint-disable-next-line no-console
  else console.warn(`anyfile: ${warning.message}${warning.key === undefined ? '' : ` (${warning.key})`}`);
}
