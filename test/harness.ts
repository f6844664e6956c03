/**
 * The whole test framework: no dependency, no global name, runs wherever ES2022 runs.
 *
 * @module
 */

/** How one test ended. */
export interface TestResult {
  name: string;
  state: 'pass' | 'fail' | 'skip';
  ms: number;
  /** Why it failed: message and stack. */
  error?: { message: string; stack: string };
  /** Why it was skipped. */
  reason?: string;
}

/** Settings of one test. */
export interface TestOptions {
  /** Time after which it hangs, in ms: no measure of speed, for a loaded machine is several times slower. @default 60000 */
  timeoutMs?: number;
}

interface Case extends Required<TestOptions> {
  name: string;
  fn: () => unknown;
}

class Skip extends Error {}

const cases: Case[] = [];

/**
 * Registers one test; it runs when {@link runAll} comes to it.
 *
 * @param fn fails by throwing or rejecting
 */
export function test(name: string, fn: () => unknown, options: TestOptions = {}): void {
  cases.push({ name, fn, timeoutMs: options.timeoutMs ?? 60_000 });
}

/** Ends the running test as skipped. Skips are counted apart, and each reason is printed. */
export function skip(why: string): never {
  throw new Skip(why);
}

/** Fails unless both are deeply equal: types, keys (`undefined` is not missing), order of arrays, bytes of buffers. */
export function equal(got: unknown, want: unknown, what = ''): void {
  const difference = differ(got, want, '');
  if (difference) throw new Error(`${what && `${what}: `}${difference}`);
}

/** Fails unless `value` is truthy. */
export function ok(value: unknown, what = 'a truthy value'): asserts value {
  if (!value) throw new Error(`expected ${what}, got ${show(value)}`);
}

/** Fails unless both hold the same bytes, whatever views they are. */
export function sameBytes(
  got: ArrayBuffer | ArrayBufferView | null | undefined,
  want: ArrayBuffer | ArrayBufferView,
  what = 'bytes',
): void {
  if (!got) throw new Error(`${what}: expected bytes, got ${show(got)}`);
  const a = bytesOf(got);
  const b = bytesOf(want);
  const at = a.findIndex((byte, i) => byte !== b[i]);
  if (at >= 0 && at < b.length) throw new Error(`${what}: byte ${at} of ${b.length} is ${a[at]}, expected ${b[at]}`);
  if (a.length !== b.length) throw new Error(`${what}: ${a.length} bytes, expected ${b.length}`);
}

/**
 * Fails unless the promise (or what the function returns) rejects, or the function throws, with the wanted error.
 *
 * @param want the error's `code`, or a predicate that says whether it is the right one
 * @returns the error, to be looked at further
 */
export async function rejects<E = Error & { code?: string }>(
  promise: PromiseLike<unknown> | (() => unknown),
  want: string | ((error: E) => unknown),
): Promise<E> {
  let got: unknown;
  try {
    got = await (typeof promise === 'function' ? promise() : promise);
  } catch (thrown) {
    if (thrown instanceof Skip) throw thrown;
    const error = thrown as E;
    const right = typeof want === 'string' ? (error as { code?: unknown }).code === want : want(error);
    if (right) return error;
    throw new Error(`rejected with the wrong error: ${show(thrown)}${typeof want === 'string' ? `, expected code ${want}` : ''}`, {
      cause: thrown,
    });
  }
  throw new Error(`expected it to reject${typeof want === 'string' ? ` with ${want}` : ''}, got ${show(got)}`);
}

/**
 * Runs what was registered since the last call, one test after the other.
 *
 * @param onResult is told of each result as it comes
 * @param filter runs only tests whose name it accepts
 */
export async function runAll(
  onResult: (result: TestResult) => void = () => {},
  filter: (name: string) => boolean = () => true,
): Promise<TestResult[]> {
  const results: TestResult[] = [];
  let stray: { error: unknown } | undefined;
  const stop = onStray((error) => (stray ??= { error }));
  const report = (result: TestResult): void => {
    results.push(result);
    onResult(result);
  };
  for (const one of cases.splice(0).filter(({ name }) => filter(name))) {
    const start = performance.now();
    let result = await runOne(one);
    await turn();
    if (stray && result.state !== 'fail')
      result = { ...result, state: 'fail', error: describe(stray.error, 'a rejection that nobody handled: ') };
    stray = undefined;
    report({ ...result, ms: performance.now() - start });
  }
  // browsers may tell of one only some tasks later
  for (let i = 0; i < 3; i++) await turn();
  if (stray)
    report({ name: 'after the last test', state: 'fail', ms: 0, error: describe(stray.error, 'a rejection that nobody handled: ') });
  stop();
  return results;
}

async function runOne({ name, fn, timeoutMs }: Case): Promise<TestResult> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`timed out after ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([Promise.resolve().then(fn), late]);
    return { name, state: 'pass', ms: 0 };
  } catch (error) {
    return error instanceof Skip
      ? { name, state: 'skip', ms: 0, reason: error.message }
      : { name, state: 'fail', ms: 0, error: describe(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Forgets what was registered: by a file that did not come to its end. */
export const forgetAll = (): void => void cases.splice(0);

/** Lets rejections without a handler surface before the next test starts. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 0));
}

interface ProcessLike {
  on?(event: string, listener: (error: unknown) => void): void;
  off?(event: string, listener: (error: unknown) => void): void;
}

function onStray(report: (error: unknown) => void): () => void {
  const { process } = globalThis as { process?: ProcessLike };
  if (process?.on && process.off) {
    process.on('unhandledRejection', report);
    process.on('uncaughtException', report);
    return () => {
      process.off?.('unhandledRejection', report);
      process.off?.('uncaughtException', report);
    };
  }
  const listener = (event: Event): void => {
    event.preventDefault();
    report((event as PromiseRejectionEvent).reason ?? (event as ErrorEvent).error ?? new Error((event as ErrorEvent).message));
  };
  globalThis.addEventListener('unhandledrejection', listener);
  globalThis.addEventListener('error', listener);
  return () => {
    globalThis.removeEventListener('unhandledrejection', listener);
    globalThis.removeEventListener('error', listener);
  };
}

/** Message and stack of anything thrown, with its chain of causes. */
export function describe(error: unknown, prefix = ''): { message: string; stack: string } {
  if (!(error instanceof Error)) return { message: prefix + show(error), stack: '' };
  const code = (error as { code?: unknown }).code;
  const cause = error.cause === undefined ? '' : `\ncaused by ${describe(error.cause).stack || show(error.cause)}`;
  const message = `${prefix}${error.message}${typeof code === 'string' ? ` [${code}]` : ''}`;
  return { message, stack: `${error.stack ?? error.message}${cause}` };
}

function bytesOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
}

const tag = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

/** The first difference in words, or undefined. */
function differ(got: unknown, want: unknown, path: string): string | undefined {
  if (Object.is(got, want) || (got === 0 && want === 0)) return undefined;
  const plainly = `${path && `at ${path} `}expected ${show(want)}, got ${show(got)}`;
  if (typeof got !== 'object' || typeof want !== 'object' || got === null || want === null || tag(got) !== tag(want)) return plainly;
  if (got instanceof Date) return Object.is(got.getTime(), (want as Date).getTime()) ? undefined : plainly;
  if (got instanceof URL || got instanceof RegExp) return got.toString() === (want as URL | RegExp).toString() ? undefined : plainly;
  if (ArrayBuffer.isView(got) || got instanceof ArrayBuffer) {
    const a = bytesOf(got);
    const b = bytesOf(want as ArrayBuffer);
    return a.length === b.length && a.every((byte, i) => byte === b[i]) ? undefined : plainly;
  }
  if (got instanceof Map) return differ([...got], [...(want as Map<unknown, unknown>)], `${path}.entries`);
  if (got instanceof Set)
    return got.size === (want as Set<unknown>).size && [...got].every((item) => (want as Set<unknown>).has(item)) ? undefined : plainly;
  if (got instanceof Error && (got.name !== (want as Error).name || got.message !== (want as Error).message)) return plainly;
  if (Array.isArray(got) && got.length !== (want as unknown[]).length)
    return `${plainly} (${got.length} items, expected ${(want as unknown[]).length})`;
  const a = got as Record<string, unknown>;
  const b = want as Record<string, unknown>;
  for (const key of new Set([...Object.keys(b), ...Object.keys(a)])) {
    const inside = Array.isArray(got) ? `${path}[${key}]` : `${path}.${key}`;
    if (!(key in b)) return `unexpected ${inside}: ${show(a[key])}`;
    if (!(key in a)) return `missing ${inside}, expected ${show(b[key])}`;
    const inner = differ(a[key], b[key], inside);
    if (inner) return inner;
  }
  return undefined;
}

/** A short rendering for messages. */
function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}${'code' in value ? ` [${String(value.code)}]` : ''}: ${value.message}`;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    const bytes = bytesOf(value);
    return `${tag(value)}(${bytes.length})[${[...bytes.subarray(0, 24)].join(' ')}${bytes.length > 24 ? ' …' : ''}]`;
  }
  if (value instanceof Map || value instanceof Set) return `${tag(value)} ${show([...value])}`;
  if (typeof value === 'bigint') return `${value}n`;
  let text: string | undefined;
  try {
    text = JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'bigint' ? `${inner}n` : inner === undefined ? '(undefined)' : inner,
    );
  } catch {
    // a cycle: the plain form has to do
  }
  text ??= String(value);
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length})` : text;
}
