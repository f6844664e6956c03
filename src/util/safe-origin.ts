/**
 * Secrets do not travel in the clear. Pure.
 *
 * @module
 */

/** Whether a URL is https, or plain http that stays on this machine: 127.0.0.0/8, ::1, localhost and names below it. */
export function isSafeForSecrets(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && /^(127(\.\d+){3}|\[::1\]|([^.].*\.)?localhost)$/.test(hostname));
}
