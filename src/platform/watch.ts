/**
 * Signals and time-outs of the requests of one port. All of them share one timer: to set and clear one for each request costs a page
 * more than its signature does.
 *
 * @module
 */
import type { HttpRequest } from '../types.ts';
import { onAbort } from '../util/abort.ts';
import { timeoutError } from './network-error.ts';

/** setTimeout's limit; longer means never. */
const neverMs = 0x7fffffff;

/** Signal and time-out of one request. */
export class Watch {
  readonly #controller = new AbortController();
  readonly #request: HttpRequest;
  readonly #others: Watches;
  readonly #off: () => void;
  #act: ((reason: unknown) => void) | undefined;
  #since = 0;
  #limitMs = Infinity;
  #awaited = '';

  constructor(others: Watches, request: HttpRequest, signal: AbortSignal | undefined) {
    this.#others = others;
    this.#request = request;
    this.#off = onAbort(signal, () => this.abort(signal?.reason));
  }

  /** Aborted by the given signal, by the end of a time-out, or by {@link Watches.close}. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** When the time-out strikes, on the clock of `performance.now()`. */
  get due(): number {
    return this.#since + this.#limitMs;
  }

  /** Ends the request. */
  abort(reason: unknown): void {
    this.#others.delete(this);
    this.#controller.abort(reason);
    this.#act?.(reason);
  }

  /** Calls `act` when the request is aborted, which must not have happened yet; only the last one given is called. */
  onAbort(act: (reason: unknown) => void): void {
    this.#act = act;
  }

  /** The promise's result, or the abort's reason when that comes first. */
  race<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.signal.aborted) reject(this.signal.reason);
      this.onAbort(reject);
      promise.then(resolve, reject);
    });
  }

  /** Bytes have moved: the time-out begins anew. */
  touch(): void {
    this.#since = performance.now();
  }

  /** Begins another time-out, of so many ms, for what is awaited; 0 is none. */
  wait(ms: number, awaited = ''): void {
    this.touch();
    this.#awaited = awaited;
    this.#limitMs = ms > 0 && ms < neverMs ? ms : Infinity;
    if (!this.signal.aborted) this.#others.expect(this.due);
  }

  /** The time-out is over. */
  strike(): void {
    const ms = this.#limitMs;
    this.#limitMs = Infinity;
    this.abort(timeoutError(this.#request, this.#awaited, ms));
  }

  /** Lets go of the given signal and of the timer. */
  end(): void {
    this.#off();
    this.#others.delete(this);
  }
}

/** The requests that are under way. */
export class Watches {
  readonly #open = new Set<Watch>();
  #closed: { reason: unknown } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;

  /** Begins a request; its watch must be ended. */
  start(request: HttpRequest, signal: AbortSignal | undefined): Watch {
    const watch = new Watch(this, request, signal);
    if (this.#closed) watch.abort(this.#closed.reason);
    else this.#open.add(watch);
    return watch;
  }

  /** Sets the timer, unless it goes off before that anyway. */
  expect(due: number): void {
    if (due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => this.#check(), Math.max(0, due - performance.now()));
  }

  /** Takes a watch out; when it was the last the timer goes too, so that no process waits for it. */
  delete(watch: Watch): void {
    if (!this.#open.delete(watch) || this.#open.size) return;
    clearTimeout(this.#timer);
    this.#due = Infinity;
  }

  /** Aborts every request, and those that are still to come. */
  close(reason: unknown): void {
    this.#closed = { reason };
    for (const watch of this.#open) watch.abort(reason);
  }

  #check(): void {
    this.#due = Infinity;
    const now = performance.now();
    let next = Infinity;
    for (const watch of this.#open) {
      if (watch.due - now < 1) watch.strike();
      else next = Math.min(next, watch.due);
    }
    this.expect(next);
  }
}
