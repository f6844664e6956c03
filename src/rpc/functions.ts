/**
 * Functions that are called from the other side of a port: credentials providers, signers, and what is told of progress.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { AbortOptions } from '../types.ts';
import type { ErrorPacker } from './packed-error.ts';
import { fromWire, toWire, type AnyFunction, type Wire } from './wire.ts';

/** How a function is called: it is asked and may take its time, or it is told something. */
export type How = 'ask' | 'tell';

/** What is kept of functions that were given to the other side. */
export interface KeptFunctions {
  /** For {@link toWire}. @throws CloudError `InvalidArgument` for one that cannot be called from elsewhere, by its name */
  keep(act: AnyFunction, where: string): { id: number; how: How };
  ask(id: number, args: readonly Wire[], signal: AbortSignal): Promise<Wire>;
  tell(id: number, args: readonly Wire[]): void;
  clear(): void;
}

/** What functions are called. */
export interface KeepInit {
  readonly errors: ErrorPacker;
  /** How functions are called, by the names of options that hold them. */
  readonly how: ReadonlyMap<string, How>;
  /** Why others cannot be called, by name. */
  readonly why?: Readonly<Record<string, string>> | undefined;
  /** What takes them in the worker's own script. */
  readonly instead: string;
}

/** Keep functions for the other side. */
export function keepFunctions({ errors, how: hows, why = {}, instead }: KeepInit): KeptFunctions {
  const functions = new Map<number, AnyFunction>();
  let last = 0;
  function keep(act: AnyFunction, path: string): { id: number; how: How } {
    const where = path.replace(/^options\./, '');
    const name = /^\w+/.exec(where)?.[0] ?? where;
    const how = hows.get(name);
    if (!how) {
      const reason = why[name] ?? 'it is no function that can be called from elsewhere';
      const message = `${where} cannot be given to a worker: ${reason}. In the worker's own script ${instead} takes it`;
      throw new CloudError(message, { code: 'InvalidArgument' });
    }
    functions.set(++last, act);
    return { id: last, how };
  }
  return {
    keep,
    async ask(id, args, signal) {
      const answer = await functions.get(id)?.(...args.map((arg) => fromWire(arg, { errors, signal })));
      return toWire(answer, 'credentials', { errors, keep });
    },
    tell: (id, args) => void functions.get(id)?.(...args.map((arg) => fromWire(arg, { errors }))),
    clear: () => functions.clear(),
  };
}

/** How functions of the other side are called. */
export interface CallFunctions {
  readonly errors: ErrorPacker;
  ask(args: { id: number; args: Wire[] }, signal: AbortSignal | undefined): Promise<Wire>;
  tell(args: { id: number; args: Wire[] }): void;
}

/** Make what calls a function of the other side: for {@link fromWire}. */
export function callFunctions({ errors, ask, tell }: CallFunctions): (id: number, how: How) => AnyFunction {
  const post = (args: readonly unknown[]): Wire[] => args.map((arg, i) => toWire(arg, `argument ${i}`, { errors }));
  const make = (id: number, how: How): AnyFunction =>
    how === 'tell'
      ? (...args) => tell({ id, args: post(args) })
      : async (...args) => {
          const signals = args.map((arg) => (arg as AbortOptions | null | undefined)?.signal);
          return fromWire(await ask({ id, args: post(args) }, signals.find(Boolean)), { errors, call: make });
        };
  return make;
}
