/**
 * Options, arguments of functions and what these return, as data: functions become numbers by which they are called from the other side.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { ErrorPacker, PackedError } from './packed-error.ts';
import { ownBytes } from './own-bytes.ts';

/** Something as a message holds it. */
export type Wire =
  | readonly [is: 'value', value: unknown]
  | readonly [is: 'error', error: PackedError]
  /** `tell`: nobody waits for what it returns. */
  | readonly [is: 'function', id: number, how: 'ask' | 'tell']
  /** The signal of the call that this is an argument of. */
  | readonly [is: 'signal']
  | readonly [is: 'list', items: Wire[]]
  | readonly [is: 'fields', fields: (readonly [name: string, value: Wire])[]];

/** Something that is called. */
export type AnyFunction = (...args: unknown[]) => unknown;

/** What {@link toWire} needs. */
export interface ToWire {
  readonly errors: ErrorPacker;
  /** Keeps a function to be called; it throws what refuses it. Without it all are refused. */
  readonly keep?: ((act: AnyFunction, where: string) => { id: number; how: 'ask' | 'tell' }) | undefined;
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
};

/** Credentials that are asked, whatever else they are; google-auth-library's clients are large. */
const askedFor = ['getRequestHeaders', 'sign'] as const;

/**
 * As data.
 *
 * @param where its name, for messages
 * @throws CloudError `InvalidArgument` for functions that cannot be called from elsewhere
 */
export function toWire(value: unknown, where: string, options: ToWire): Wire {
  if (typeof value === 'function') {
    const kept = options.keep?.(value as AnyFunction, where);
    if (!kept) throw new CloudError(`${where} is a function, which cannot be sent`, { code: 'InvalidArgument' });
    return ['function', kept.id, kept.how];
  }
  if (typeof value !== 'object' || value === null) return ['value', value];
  if (value instanceof AbortSignal) return ['signal'];
  if (value instanceof Error) return ['error', options.errors.pack(value)];
  if (value instanceof URL) return ['value', String(value)];
  if (value instanceof Headers) return ['value', Object.fromEntries(value)];
  if (value instanceof Uint8Array) return ['value', ownBytes(value)];
  if (Array.isArray(value)) return ['list', value.map((item, i) => toWire(item, `${where}[${i}]`, options))];
  for (const name of askedFor) {
    const act = (value as Record<string, unknown>)[name];
    if (typeof act === 'function') return ['fields', [[name, toWire(act.bind(value), `${where}.${name}`, options)]]];
  }
  const entries = Object.entries(value).filter(([, its]) => its !== undefined);
  const isData = isPlain(value) || entries.length > 0;
  // a Date, a Map, a Blob …
  if (!isData) return ['value', value];
  return ['fields', entries.map(([name, its]) => [name, toWire(its, `${where}.${name}`, options)])];
}

/** What {@link fromWire} needs. */
export interface FromWire {
  readonly errors: ErrorPacker;
  readonly signal?: AbortSignal | undefined;
  /** Makes what calls a function of the other side. */
  readonly call?: ((id: number, how: 'ask' | 'tell') => AnyFunction) | undefined;
}

/** What was sent. */
export function fromWire(wire: Wire, options: FromWire): unknown {
  switch (wire[0]) {
    case 'value':
      return wire[1];
    case 'error':
      return options.errors.unpack(wire[1]);
    case 'function':
      return options.call?.(wire[1], wire[2]);
    case 'signal':
      return options.signal;
    case 'list':
      return wire[1].map((item) => fromWire(item, options));
    case 'fields':
      return Object.fromEntries(wire[1].map(([name, its]) => [name, fromWire(its, options)]));
  }
}
