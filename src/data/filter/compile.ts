/**
 * Criteria made into one function: names are taken apart and arguments prepared once, then each item costs a look-up and a test.
 *
 * @module
 */
import { actionNames, tables } from './actions.ts';
import type { Test } from './action.ts';
import { FilterError, wrongType } from './errors.ts';
import { kindOf, nameOfKind, type Kind } from './kind.ts';
import { lookup, lookupJoined, missing, parsePath, snakeCase } from './lookup.ts';

/** Criteria as they come from a caller: names of filters and what they are to hold for. */
export type LooseCriteria = Readonly<Record<string, unknown>>;

/** An item that filters may be asked of: an object of its own, not a list. */
function checkItem(item: unknown, container: string): void {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    wrongType(`what is filtered in a ${container} must be objects with attributes, got a value of type ${nameOfKind(item)}`);
  }
}

function unknownFilter(name: string, action: string, value: unknown): never {
  const table = tables.get(kindOf(value));
  const message = table
    ? `${name}: there is no filter '${action}' for an attribute of type ${nameOfKind(value)}; there are ${[...table.keys()].join(', ')}`
    : `${name}: attributes of type ${nameOfKind(value)} cannot be filtered`;
  throw new FilterError('InvalidFilter', message);
}

/** The tests of an action by the kind of value, each made when it is first met; `undefined` where the kind has no such action. */
function testsOf(action: string, argument: unknown): (kind: Kind) => Test | undefined {
  const tests = new Map<Kind, Test | undefined>();
  return (kind) => {
    let test = tests.get(kind);
    if (test || tests.has(kind)) return test;
    test = tables.get(kind)?.get(action)?.(argument);
    tests.set(kind, test);
    return test;
  };
}

/** One criterion as a function of the item. */
function compileCriterion(name: string, argument: unknown, skipMissing: boolean): Test {
  const parts = name.split('__');
  const whole = parsePath(name);
  const equality = testsOf('equals', argument);
  const ofValue = (value: unknown): boolean => equality(kindOf(value))?.(value) ?? unknownFilter(name, 'equals', value);
  if (parts.length === 1) {
    return (item) => {
      const value = lookup(item, whole);
      if (value !== missing) return ofValue(value);
      throw new FilterError(
        'InvalidFilter',
        `there is no attribute '${name}', and no filter of that name: name an attribute, or an attribute and an action as in name__contains`,
      );
    };
  }

  const last = parts.at(-1)!;
  const action = snakeCase(last);
  const path = parsePath(parts.slice(0, -1).join('__'));
  const testOf = testsOf(action, argument);

  /** No such action for the attribute: the whole name may be a path, to be equal to the argument. */
  const otherwise = (item: unknown, value: unknown): boolean => {
    // Where the beginning is missing, the whole can be there under a joined key alone.
    const found = value === missing ? lookupJoined(item, whole) : lookup(item, whole);
    if (found !== missing) return ofValue(found);
    if (value === missing) {
      if (skipMissing) return false;
      throw new FilterError('MissingAttribute', `${name}: an item has no attribute or key '${parts.slice(0, -1).join('.')}'`);
    }
    // Where Python raises all the same: an item without that key or attribute, and null where others have a value.
    const kind = kindOf(value);
    if (skipMissing && (kind === 'none' ? actionNames.has(action) : canHold(kind, value))) return false;
    return unknownFilter(name, last, value);
  };

  return (item) => {
    const value = lookup(item, path);
    if (value === missing) return otherwise(item, value);
    const test = testOf(kindOf(value));
    return test ? test(value) : otherwise(item, value);
  };
}

/** Whether a value is one that others of its kind have keys or attributes of. */
function canHold(kind: Kind, value: unknown): boolean {
  return kind === 'mapping' || (kind === 'unsupported' && typeof value === 'object');
}

/**
 * All criteria, which must hold together, as one function.
 *
 * @param skipMissing items without an attribute do not match, instead of being an error
 * @param container the name of what is filtered, for messages
 */
export function compileCriteria(criteria: LooseCriteria, skipMissing: boolean, container: string): Test {
  const tests = Object.entries(criteria).map(([name, argument]) => compileCriterion(name, argument, skipMissing));
  if (!tests.length) return () => true;
  return (item) => {
    checkItem(item, container);
    for (const test of tests) if (!test(item)) return false;
    return true;
  };
}
