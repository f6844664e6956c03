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
  ahead: number = width,
): AsyncGenerator<Settled<T, R>, void, undefined> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  interface Begun {
    outcome: Promise<Settled<T, R>>;
    ended: boolean;
  }
  const begun: Begun[] = [];
  let underWay = 0;
  let wake = (): void => {};
  const settle = async (item: T): Promise<Settled<T, R>> => {
    try {
      return { item, value: await run(item) };
    } catch (error) {
      return { item, error };
    }
  };
  const begin = (item: T): void => {
    underWay++;
    const one: Begun = { outcome: settle(item), ended: false };
    begun.push(one);
    void one.outcome.then(() => {
      one.ended = true;
      underWay--;
      wake();
    });
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
      const first = begun[0];
      if (!end && underWay < width && begun.length < ahead) {
        pulling ??= pull();
        const next = await (first ? Promise.race([pulling, first.outcome.then(() => undefined)]) : pulling);
        if (next) {
          pulling = undefined;
          if (next !== 'end' && 'item' in next) begin(next.item);
          else end = next;
          continue;
        }
      } else if (first && !first.ended && !end && begun.length < ahead) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      if (!first) break;
      begun.shift();
      yield await first.outcome;
    }
    if (end && end !== 'end') throw end.failure;
  } finally {
    // not awaited: it may be waiting for a name that nobody will type
    if (!end) void Promise.resolve(source.return?.()).catch(() => {});
    await Promise.all(begun.map(({ outcome }) => outcome));
  }
}
