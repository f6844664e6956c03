/**
 * Names from standard input.
 *
 * @module
 */
import type { Task } from './io.ts';

/** Lines of standard input, without their ends; empty ones are left out. */
export async function* stdinLines({ io, signal }: Task): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of abortableChunks(io.stdin, signal)) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.replace(/\r$/, '')) yield line.replace(/\r$/, '');
  }
  rest = (rest + decoder.decode()).replace(/\r$/, '');
  if (rest) yield rest;
}

/** The same chunks; a wait for the next one ends with the signal. */
async function* abortableChunks<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await next(iterator, signal);
      if (done) return;
      yield value;
    }
  } finally {
    if (signal.aborted) void iterator.return?.().catch(() => {});
  }
}

/** No race against one promise of the signal's: it would hold what won every time, until the end. */
const next = <T>(iterator: AsyncIterator<T, void>, signal: AbortSignal): Promise<IteratorResult<T, void>> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    iterator
      .next()
      .finally(() => signal.removeEventListener('abort', stop))
      .then(resolve, reject);
  });
