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
    outcome?: Settled<T, R>;
    readonly ends: Promise<void>;
  }
  const begun: Begun[] = [];
  let underWay = 0;
  let pulling = false;
  let end: { failure?: unknown } | undefined;
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
    const one: Begun = {
      ends: settle(item).then((outcome) => {
        one.outcome = outcome;
        underWay--;
        wake();
      }),
    };
    begun.push(one);
  };
  const take = (next: IteratorResult<T>): void => {
    if (next.done) end = {};
    else begin(next.value);
  };
  const pull = async (next: Promise<IteratorResult<T>>): Promise<void> => {
    pulling = true;
    try {
      take(await next);
    } catch (failure) {
      end = { failure };
    }
    pulling = false;
    wake();
  };
  const fill = (): void => {
    try {
      while (!pulling && !end && underWay < width && begun.length < ahead) {
        const next = source.next();
        if ('then' in next) void pull(next);
        else take(next);
      }
    } catch (failure) {
      end = { failure };
    }
  };
  try {
    for (;;) {
      fill();
      const outcome = begun[0]?.outcome;
      if (outcome) {
        begun.shift();
        yield outcome;
      } else if (end && begun.length === 0) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    if ('failure' in end) throw end.failure;
  } finally {
    // not awaited: it may be waiting for a name that nobody will type
    if (!end) void Promise.resolve(source.return?.()).catch(() => {});
    await Promise.all(begun.map(({ ends }) => ends));
  }
}
