/**
 * What is drawn of a line, by whatever draws it.
 *
 * @module
 */

/** A drawing in the page. */
export interface Drawing {
  /** In px. */
  resize(width: number, height: number): void;
  /** Mark a value by its place in the line; `undefined` for none. */
  mark(index: number | undefined): void;
  /** The page's colours changed. */
  recolour(): void;
  remove(): void;
}
