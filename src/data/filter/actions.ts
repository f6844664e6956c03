/**
 * What can be asked of an attribute, by its type: the tables of Octue's filters.
 *
 * @module
 */
import { compareUtf8 } from '../../util/utf8.ts';
import { compareNumbers, entriesOf, isEqual, isMember, isSame } from './equality.ts';
import { wrongType } from './errors.ts';
import { foldCase } from './fold.ts';
import { elementsOf, kindOf, nameOfKind, numeric, type Kind, type SetLike } from './kind.ts';
import { datetimeActions } from './datetime-actions.ts';
import { ordering, ranged, refusing, type Action, type Test } from './action.ts';

const common = {
  equals:
    (wanted: unknown): Test =>
    (value) =>
      isEqual(value, wanted),
  is:
    (wanted: unknown): Test =>
    (value) =>
      isSame(value, wanted),
};

/** Every action with its `not_` form, its negation; the one of `is` is `is_not`. Errors are not negated. */
function withNegations(actions: Record<string, Action>): [string, Action][] {
  return Object.entries(actions).flatMap(([name, action]) => [
    [name, action],
    [
      name === 'is' ? 'is_not' : `not_${name}`,
      (argument): Test => {
        const test = action(argument);
        return (value) => !test(value);
      },
    ],
  ]);
}

// -- Text

const text = (argument: unknown): string | undefined => (typeof argument === 'string' ? argument : undefined);

/** A test of text that takes text only. */
const texts =
  (holds: (wanted: string) => (value: string) => boolean): Action =>
  (argument) => {
    if (typeof argument !== 'string') return refusing(`takes text, not a value of type ${nameOfKind(argument)}`);
    return holds(argument) as Test;
  };

/** Text, or alternatives: a tuple, and an array, which Python refuses as it has tuples for that. */
const affix =
  (holds: (value: string, affix: string) => boolean): Action =>
  (argument) => {
    if (typeof argument === 'string') return (value) => holds(value as string, argument);
    const texts = kindOf(argument) === 'sequence' ? elementsOf(argument) : [argument];
    if (!texts.every((one) => typeof one === 'string')) {
      return refusing(`takes text or an array of texts, not a value of type ${nameOfKind(argument)}`);
    }
    return (value) => texts.some((one) => holds(value as string, one));
  };

const textOrder = ordering('cannot be compared with', text, (wanted) =>
  // Units and code points are ordered alike where one side has nothing from the surrogates on.
  /[\ud800-\uffff]/.test(wanted)
    ? (value) => compareUtf8(value as string, wanted)
    : (value) => Number((value as string) > wanted) - Number((value as string) < wanted),
);

const textActions = {
  iequals: texts((wanted) => {
    const folded = foldCase(wanted);
    return (value) => foldCase(value) === folded;
  }),
  contains: texts((wanted) => (value) => value.includes(wanted)),
  icontains: texts((wanted) => {
    const folded = foldCase(wanted);
    return (value) => foldCase(value).includes(folded);
  }),
  starts_with: affix((value, start) => value.startsWith(start)),
  ends_with: affix((value, end) => value.endsWith(end)),
  in_range: ranged(textOrder),
};

// -- Numbers

/** NaN is neither below nor above nor equal: every order with it is NaN, of which nothing holds. */
const numberOrder = ordering('cannot be compared with', numeric, (wanted) => (value) => {
  const number = typeof value === 'number' ? value : numeric(value)!;
  return number !== number || wanted !== wanted ? NaN : compareNumbers(number, wanted);
});

// -- Collections

/** The members of a collection: of mappings the keys, of bytes their values. */
const membersOf = (value: unknown): Iterable<unknown> =>
  kindOf(value) === 'mapping' ? entriesOf(value).map(([key]) => key) : elementsOf(value);

/** Members without regard to case. The original had an error for every argument. */
const containsFolded: Action = texts((wanted) => {
  const folded = foldCase(wanted);
  return (value: unknown) => {
    for (const member of membersOf(value)) if (typeof member === 'string' && foldCase(member) === folded) return true;
    return false;
  };
});

/** What Python cannot hash cannot be a member of a set, or a key. */
const unhashable = (argument: unknown): boolean => ['sequence', 'mapping'].includes(kindOf(argument));
const cannotBeHashed = (argument: unknown): Test => refusing(`cannot hold a value of type ${nameOfKind(argument)}`);

const setContains: Action = (argument) =>
  unhashable(argument) ? cannotBeHashed(argument) : (value) => isMember(argument, value as SetLike);

const mappingContains: Action = (argument) => {
  if (unhashable(argument) || kindOf(argument) === 'set') return cannotBeHashed(argument);
  return (value) => {
    if (Symbol.iterator in (value as object)) return isMember(argument, (value as ReadonlyMap<unknown, unknown>).keys());
    return typeof argument === 'string' && Object.hasOwn(value as object, argument);
  };
};

function includesBytes(bytes: Uint8Array, piece: Uint8Array): boolean {
  for (let at = 0; at + piece.length <= bytes.length; at++) if (piece.every((byte, i) => byte === bytes[at + i])) return true;
  return false;
}

const bytesContain: Action = (argument) => {
  if (argument instanceof Uint8Array) return (value) => includesBytes(value as Uint8Array, argument);
  const byte = typeof argument === 'bigint' ? Number(argument) : argument;
  if (typeof byte !== 'number' || !Number.isInteger(byte) || byte < 0 || byte > 255) return refusing('of bytes takes bytes or 0 to 255');
  return (value) => (value as Uint8Array).includes(byte);
};

/** Whether a test of text holds for any label. Without labels nothing is asked, so that no argument is refused. */
const anyLabel =
  (action: Action): Action =>
  (argument) => {
    const test = action(argument);
    return (value) => {
      for (const label of value as SetLike) {
        if (typeof label !== 'string') wrongType(`a label is text, not a value of type ${nameOfKind(label)}`);
        if (test(label)) return true;
      }
      return false;
    };
  };

const labelActions = {
  any_label_contains: anyLabel(textActions.contains),
  any_label_starts_with: anyLabel(textActions.starts_with),
  any_label_ends_with: anyLabel(textActions.ends_with),
};

const collection = (contains: Action, icontains: Action): Record<string, Action> => ({ ...common, contains, icontains });

/** The actions of every type, by Python's names. A set has the actions of labels and of other collections. */
export const tables: ReadonlyMap<Kind, ReadonlyMap<string, Action>> = new Map<Kind, Map<string, Action>>([
  ['none', new Map(withNegations(common))],
  ['bool', new Map(withNegations(common))],
  ['str', new Map([...withNegations({ ...common, ...textActions }), ...Object.entries(textOrder)])],
  ['number', new Map([...withNegations({ ...common, in_range: ranged(numberOrder) }), ...Object.entries(numberOrder)])],
  ['datetime', new Map([...withNegations({ ...common, ...datetimeActions.negatable }), ...Object.entries(datetimeActions.others)])],
  ['set', new Map(withNegations({ ...collection(setContains, containsFolded), ...labelActions }))],
  ['sequence', new Map(withNegations(collection((argument) => (value) => isMember(argument, elementsOf(value)), containsFolded)))],
  ['mapping', new Map(withNegations(collection(mappingContains, containsFolded)))],
  ['bytes', new Map(withNegations(collection(bytesContain, (_argument) => refusing('does not work on bytes'))))],
]);

/** Every name that is an action of some type. */
export const actionNames: ReadonlySet<string> = new Set([...tables.values()].flatMap((table) => [...table.keys()]));
