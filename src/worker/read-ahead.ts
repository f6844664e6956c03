/**
 * Answers that are asked for before they are wanted: a chunk a round trip would leave both threads waiting in turn.
 *
 * @module
 */

/** Answers of a kind, in the order in which they were asked for. */
export interface ReadAhead<T> {
  /** The next one. */
  next(): Promise<T>;
  /** Asks for so many of the next ones, up to two. */
  ahead(count: number): void;
}

/** Make it. */
export function readAhead<T>(ask: () => Promise<T>): ReadAhead<T> {
  const asked: Promise<T>[] = [];
  return {
    next: () => asked.shift() ?? ask(),
    ahead(count) {
      while (asked.length < 2 && asked.length < count) {
        const one = ask();
        // whoever takes it hears of it
        one.catch(() => {});
        asked.push(one);
      }
    },
  };
}
