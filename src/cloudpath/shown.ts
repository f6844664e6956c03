/**
 * Texts of paths as they may be shown.
 *
 * @module
 */
import { redactUrl } from '../errors.ts';

/** A text for messages: of the web without the query, which may be what opens it; of none with the name of a user. */
export function shownText(text: string): string {
  // elsewhere these are part of keys
  const cut = /^https?:/i.test(text) ? -1 : text.search(/[?#]/);
  return cut < 0 ? redactUrl(text) : redactUrl(text.slice(0, cut)) + text.slice(cut);
}
