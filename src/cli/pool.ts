/**
 * Many things at once, told in order.
 *
 * @module
 */

/** How one item ended. */
export type Settled<T, R> = { item: T; value: R } | { item: T; error: unknown };

/**
 * Run a function over items, at most `width` at a time, and give the outcomes in the items' order, so that what is printed does not
 * depend on the network. An outcome is given as soon as it is its turn, also while the next item is awaited. Failures of items are
 * outcomes too; a failure of the source rejects when what was begun has been told. Leaving the loop waits for what is under way.
 */
export async function* mapInOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  width: number,
  run: (item: T) => Promise<R>,
): AsyncGenerator<Settled<T, R>, void, undefined> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const running: Promise<Settled<T, R>>[] = [];
  const settle = async (item: T): Promise<Settled<T, R>> => {
    try {
      return { item, value: await run(item) };
    } catch (error) {
      return { item, error };
    }
  };
  type Next = { item: T } | { failure: unknown } | 'end';
  const pull = async (): Promise<Next> => {
    try {
      const next = await source.next();
      return next.done ? 'end' : { item: next.value };
    } catch (failure) {
      return { failure };
    }
  };
  let pulling: Promise<Next> | undefined;
  let end: Exclude<Next, { item: T }> | undefined;
  try {
    for (;;) {
      if (!end && running.length < width) {
        pulling ??= pull();
        const next = await (running[0] ? Promise.race([pulling, running[0].then(() => undefined)]) : pulling);
        if (next) {
          pulling = undefined;
          if (next !== 'end' && 'item' in next) running.push(settle(next.item));
          else end = next;
          continue;
        }
      }
      const first = running.shift();
      if (first) yield await first;
      else break;
    }
    if (end && end !== 'end') throw end.failure;
  } finally {
    // not awaited: it may be waiting for a name that nobody will type
    if (!end) void Promise.resolve(source.return?.()).catch(() => {});
    await Promise.all(running);
  }
}
