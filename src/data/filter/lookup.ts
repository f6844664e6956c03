/**
 * Attributes by name: Python's or its camelCase, through objects, mappings and lists.
 *
 * @module
 */
import { elementsOf, isPlain, isTuple } from './kind.ts';

/** What a lookup gives when there is no such attribute; a `null` that is there is not missing. */
export const missing: unique symbol = Symbol('missing');

/** `size_bytes` → `sizeBytes`. */
export const camelCase = (name: string): string => name.replace(/(?<=[^_])_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());

/** `sizeBytes` → `size_bytes`. */
export const snakeCase = (name: string): string => name.replace(/(?<=[a-z\d])([A-Z])/g, (letter) => `_${letter.toLowerCase()}`);

/** A step of a path: what it may be called. */
interface Step {
  /** As it was given. */
  readonly name: string;
  /** As an attribute in the other spelling, if it has one. */
  readonly others: readonly string[];
  /** As an index, or `undefined`. */
  readonly index: number | undefined;
  /** Whether every object has a property of that name. */
  readonly isCommon: boolean;
}

/** A name that has been taken apart: `tags__a` or `tags.a`. */
export interface Path {
  readonly steps: readonly Step[];
  /** Other readings, in which keys hold `__` themselves, as the tag `a__b` may. Only below an attribute. */
  readonly joined: readonly (readonly Step[])[];
}

function stepOf(name: string): Step {
  const others = [camelCase(name), snakeCase(name)].filter((other) => other !== name);
  return { name, others, index: /^\d+$/.test(name) ? Number(name) : undefined, isCommon: name in Object.prototype };
}

/** All ways to join neighbours, most parts first; the first is every part by itself. */
function joinings(parts: readonly string[]): string[][] {
  const [first, ...rest] = parts;
  if (first === undefined) return [];
  if (!rest.length) return [[first]];
  return joinings(rest).flatMap((joining) => [
    [first, ...joining],
    [`${first}__${joining[0]}`, ...joining.slice(1)],
  ]);
}

/** The steps of an attribute's name, whose parts are joined by `__` or dots. */
export function parsePath(name: string): Path {
  const [attribute = '', ...keys] = name.replaceAll('__', '.').split('.');
  // Eight parts have 64 readings; longer names are read in one way.
  const [, ...others] = keys.length < 8 ? joinings(keys) : [];
  return { steps: [attribute, ...keys].map(stepOf), joined: others.map((joining) => [attribute, ...joining].map(stepOf)) };
}

/** A property of an object that is neither a method nor what every object has. A look at the value comes first: `in` is slow. */
function property(value: object, name: string, isCommon: boolean): unknown {
  if (isCommon && !Object.hasOwn(value, name)) return missing;
  const found = (value as Record<string, unknown>)[name];
  if (found === undefined) return name in value ? found : missing;
  return typeof found === 'function' ? missing : found;
}

/** One step. Keys of mappings and indices are taken as they are written; attributes in either spelling. */
function take(value: unknown, { name, others, index, isCommon }: Step, isItem: boolean): unknown {
  if (typeof value !== 'object' || value === null) return missing;
  if (Array.isArray(value) || (index !== undefined && isTuple(value))) {
    const elements = elementsOf(value);
    return index !== undefined && index < elements.length ? elements[index] : missing;
  }
  if (value instanceof Map) {
    if (value.has(name)) return value.get(name);
    return index !== undefined && value.has(index) ? value.get(index) : missing;
  }
  const found = property(value, name, isCommon);
  if (found !== missing || !others.length || (!isItem && isPlain(value))) return found;
  for (const other of others) {
    const spelled = property(value, other, other in Object.prototype);
    if (spelled !== missing) return spelled;
  }
  return missing;
}

function walk(item: unknown, steps: readonly Step[]): unknown {
  let value = item;
  for (let i = 0; i < steps.length && value !== missing; i++) value = take(value, steps[i]!, i === 0);
  return value;
}

/** The value at a path, or {@link missing}. */
export function lookup(item: unknown, path: Path): unknown {
  const value = walk(item, path.steps);
  return value === missing && path.joined.length ? lookupJoined(item, path) : value;
}

/** The value at a path by its other readings alone, or {@link missing}. */
export function lookupJoined(item: unknown, path: Path): unknown {
  for (const steps of path.joined) {
    const value = walk(item, steps);
    if (value !== missing) return value;
  }
  return missing;
}
