/**
 * Keys as they may be shown.
 *
 * @module
 */

/**
 * A key for messages: of the web without its query, which may be what opens it.
 *
 * @param url of the store that the key is of
 */
export const shownKey = (url: string, key: string): string => (/^https?:/i.test(url) ? key.replace(/[?#].*/s, '') : key);
