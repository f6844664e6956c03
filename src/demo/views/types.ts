/**
 * What views have in common: a host to draw in, something to read from, and an end.
 *
 * @module
 */

/** What a view can tell to whoever shows it. */
export interface ViewOptions {
  /** Something failed; the view stays. */
  onFail(error: unknown): void;
}

/** A view that is shown. */
export interface Mounted {
  /** End what is under way and take everything out of the host. */
  close(): void;
}
