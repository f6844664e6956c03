/**
 * A value that changes, for whoever wants to watch it.
 *
 * @module
 */

/** One value, many watchers. */
export interface Watched<T> extends AsyncIterable<T> {
  set(value: T): void;
  /** No more changes; watchers get the last value and end. */
  end(): void;
}

/** Makes one. A watcher gets what it is now, then what it has become each time he asks: what came between is left out. */
export function createWatched<T>(first: T): Watched<T> {
  let value = first;
  let count = 0;
  let ended = false;
  let wake = (): void => {};
  let changed = new Promise<void>((resolve) => (wake = resolve));
  const tell = (): void => {
    const before = wake;
    changed = new Promise<void>((resolve) => (wake = resolve));
    before();
  };
  return {
    set(next) {
      value = next;
      count++;
      tell();
    },
    end() {
      ended = true;
      tell();
    },
    async *[Symbol.asyncIterator]() {
      for (let seen = -1; ;) {
        if (seen !== count) {
          seen = count;
          yield value;
        } else if (ended) return;
        else await changed;
      }
    },
  };
}
