/**
 * What browsers reject with, to be injected.
 *
 * @module
 */

/** Names of everything that storage of browsers was seen to fail with, but for want of room. */
export const platformNames: readonly string[] = [
  'AbortError',
  'TimeoutError',
  'InvalidStateError',
  'UnknownError',
  'SecurityError',
  'NotReadableError',
  'NotFoundError',
  'NoModificationAllowedError',
  'NotSupportedError',
  'DataCloneError',
  'null',
  'undefined',
  'object',
];

/** What is thrown under one of these names. */
export function thrownAs(name: string): unknown {
  if (name === 'null') return null;
  if (name === 'undefined') return undefined;
  // As the XPCOM objects of Firefox.
  if (name === 'object' || name.startsWith('NS_')) return { name: name === 'object' ? 'Exotic' : name, message: '' };
  return new DOMException('', name);
}

/** A promise that rejects so, or never settles under the name `never`. */
export const rejection = (name: string): Promise<never> =>
  // oxlint-disable-next-line prefer-promise-reject-errors: as the browsers do
  name === 'never' ? new Promise<never>(() => {}) : Promise.reject(thrownAs(name));
