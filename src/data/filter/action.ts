/**
 * What an action is, and what several tables of actions share.
 *
 * @module
 */
import { wrongType } from './errors.ts';
import { entriesOf, isMember } from './equality.ts';
import { elementsOf, kindOf, nameOfKind } from './kind.ts';

/** Asks one thing of an attribute's value. */
export type Test = (value: unknown) => boolean;

/** Prepares an argument once, for any number of values. An argument of the wrong type is an error of the test, not of the action. */
export type Action = (argument: unknown) => Test;

/** A test that fails for every value: a filter that meets no item is no error, as in Python. */
export function refusing(message: string): Test {
  return () => wrongType(`the filter ${message}`);
}

/**
 * The tests of an order, which take arguments of one type only.
 *
 * @param refusal what the filter says of others, up to "a value of type …"
 * @param read the argument, or undefined for one of another type
 * @param compare below zero for values that come before the argument, NaN for those of which no order holds
 */
export function ordering<T>(
  refusal: string,
  read: (argument: unknown) => T | undefined,
  compare: (wanted: T) => (value: unknown) => number,
): Record<'lt' | 'lte' | 'gt' | 'gte', Action> {
  const make =
    (holds: (order: number) => boolean): Action =>
    (argument) => {
      const wanted = read(argument);
      if (wanted === undefined) return refusing(`${refusal} a value of type ${nameOfKind(argument)}`);
      const order = compare(wanted);
      return (value) => holds(order(value));
    };
  return { lt: make((n) => n < 0), lte: make((n) => n <= 0), gt: make((n) => n > 0), gte: make((n) => n >= 0) };
}

/** Between the first two elements of a sequence, both included; bounds the wrong way round hold for nothing. */
export function ranged({ lte, gte }: { lte: Action; gte: Action }): Action {
  return (argument) => {
    const bounds: unknown[] | undefined =
      typeof argument === 'string' || kindOf(argument) === 'sequence' ? [...elementsOf(argument)] : undefined;
    if (!bounds || bounds.length < 2) return refusing(`takes two bounds, [lowest, highest], not a value of type ${nameOfKind(argument)}`);
    const above = gte(bounds[0]);
    const below = lte(bounds[1]);
    return (value) => above(value) && below(value);
  };
}

/** Whether what `read` takes from a value is among the argument's members: an array, a set, the keys of a mapping, any iterable. */
export function among(read: (value: unknown) => unknown, prepare: (member: unknown) => unknown = (member) => member): Action {
  return (argument) => {
    const kind = kindOf(argument);
    if (kind === 'mapping')
      return amongAll(
        read,
        entriesOf(argument).map(([key]) => prepare(key)),
      );
    if (kind !== 'sequence' && kind !== 'set' && kind !== 'bytes')
      return refusing(`takes several values, not one of type ${nameOfKind(argument)}`);
    return amongAll(read, elementsOf(argument).map(prepare));
  };
}

function amongAll(read: (value: unknown) => unknown, members: unknown[]): Test {
  return (value) => isMember(read(value), members);
}
