/**
 * Answers that are asked for before they are wanted: a chunk a round trip would leave both threads waiting in turn.
 *
 * @module
 */

/** How many are asked for ahead. */
const depth = 2;

/** Answers of a kind, in the order in which they were asked for. */
export class ReadAhead<T> {
  readonly #ask: () => Promise<T>;
  readonly #asked: Promise<T>[] = [];

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  /** The next one. */
  next(): Promise<T> {
    return this.#asked.shift() ?? this.#ask();
  }

  /** Asks for so many of the next ones, up to two. */
  ahead(count: number): void {
    while (this.#asked.length < Math.min(count, depth)) {
      const asked = this.#ask();
      // whoever takes it hears of it
      asked.catch(() => {});
      this.#asked.push(asked);
    }
  }
}
