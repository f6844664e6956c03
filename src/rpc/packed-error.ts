/**
 * Errors as data and back: what a structured copy loses of them (classes, codes, fields, causes) is kept. An error that comes back to where it was
 * made is that very error again.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';

/** An error, or whatever was thrown, as a message holds it. */
export interface PackedError {
  /** Of the nearest class that both sides know; absent for what is no error. */
  readonly class?: string | undefined;
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly fields?: Record<string, unknown> | undefined;
  readonly cause?: PackedError | undefined;
  readonly errors?: PackedError[] | undefined;
  /** What was thrown, when it is no error. */
  readonly value?: unknown;
  /** Where the sender finds it again, and where the receiver does. */
  readonly mine?: number | undefined;
  readonly yours?: number | undefined;
}

type ErrorClass = abstract new (...args: never) => Error;

/** Classes of errors, and the names by which both sides know them: minifiers rename classes. The most exact first. */
export type ErrorClasses = readonly (readonly [name: string, of: ErrorClass])[];

/** What every side knows. */
const everywhere: ErrorClasses = [
  ['CloudError', CloudError],
  ['TypeError', TypeError],
  ['RangeError', RangeError],
  ['SyntaxError', SyntaxError],
  ['ReferenceError', ReferenceError],
  ['AggregateError', AggregateError],
];

const MOST_CAUSES = 8;
/** Errors that are kept for when they come back. */
const MOST_KEPT = 64;

/** What can be copied, or its text. */
function copyable(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return typeof value === 'function' ? `function ${value.name}` : Object.prototype.toString.call(value);
  }
}

const elsewhere = new Set(['name', 'message', 'stack', 'cause', 'errors']);

/** What an error says beside what all have. */
function fieldsOf(error: Error): Record<string, unknown> {
  const fields = Object.entries(error).filter(([key]) => !elsewhere.has(key));
  return Object.fromEntries(fields.map(([key, value]) => [key, copyable(value)]));
}

/** Errors on their way through one port. */
export interface ErrorPacker {
  pack(error: unknown): PackedError;
  unpack(packed: PackedError): unknown;
}

/**
 * Make what packs the errors of one side of a port.
 *
 * @param own classes beside `CloudError` and the language's own; both sides must name the same
 */
export function createErrorPacker(own: ErrorClasses = []): ErrorPacker {
  const classes = [...own, ...everywhere];
  const kept = new Map<number, unknown>();
  /** The numbers of errors of the other side. */
  const theirs = new WeakMap<object, number>();
  let last = 0;

  function classOf(error: Error): string {
    if (error instanceof DOMException) return 'DOMException';
    const known = classes.find(([, of]) => error instanceof of)?.[0];
    // of another copy of anyfile
    return known ?? (isCloudError(error) ? 'CloudError' : 'Error');
  }
  function keep(error: object): number {
    kept.set(++last, error);
    for (const id of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(id);
    return last;
  }

  function pack(error: unknown, depth: number): PackedError {
    const yours = typeof error === 'object' && error !== null ? theirs.get(error) : undefined;
    if (!(error instanceof Error || error instanceof DOMException)) {
      const mine = typeof error === 'object' && error !== null ? keep(error) : undefined;
      return { name: '', message: '', value: copyable(error), mine, yours };
    }
    const { name, message, stack, cause } = error;
    const more = depth < MOST_CAUSES;
    return {
      class: classOf(error),
      name,
      message,
      stack,
      fields: fieldsOf(error),
      cause: cause !== undefined && more ? pack(cause, depth + 1) : undefined,
      errors: error instanceof AggregateError && more ? error.errors.map((one: unknown) => pack(one, depth + 1)) : undefined,
      mine: yours === undefined ? keep(error) : undefined,
      yours,
    };
  }

  function revive(packed: PackedError): unknown {
    const { name, message, stack, fields, cause, errors } = packed;
    if (packed.class === undefined) return packed.value;
    if (packed.class === 'DOMException') return new DOMException(message, name);
    const error = new Error(message, cause === undefined ? undefined : { cause: unpack(cause) });
    const its = classes.find(([known]) => known === packed.class)?.[1];
    if (its) Object.setPrototypeOf(error, its.prototype as object);
    const hidden = { configurable: true, enumerable: false, writable: true };
    if (errors) Object.defineProperty(error, 'errors', { ...hidden, value: errors.map((one) => unpack(one)) });
    if (stack !== undefined) Object.defineProperty(error, 'stack', { ...hidden, value: stack });
    // as its constructor leaves it: a field of anyfile's errors, hidden in others
    if (fields && 'retryable' in fields) Object.assign(error, { name });
    else if (error.name !== name) Object.defineProperty(error, 'name', { ...hidden, value: name });
    return Object.assign(error, fields);
  }

  function unpack(packed: PackedError): unknown {
    const { yours, mine } = packed;
    // what is theirs to us is ours to them
    if (yours !== undefined && kept.has(yours)) return kept.get(yours);
    const error = revive(packed);
    if (mine !== undefined && typeof error === 'object' && error !== null) theirs.set(error, mine);
    return error;
  }

  return { pack: (error) => pack(error, 0), unpack };
}
