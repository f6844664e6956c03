/**
 * The names of filters as types: an editor completes them, and a filter that an attribute does not have does not compile.
 *
 * @module
 */
import type { CalendarDate, DatetimeLike, TimeOfDay } from './moment.ts';

/** A number, or a wrapper of one as of Python's float. */
type NumberLike = number | bigint | { valueOf(): number | bigint };
type Range<T> = readonly [lowest: T, highest: T];
type Members<T> = Iterable<T>;
type Instant = Date | DatetimeLike | string;

/** What `not_` may be put before; of `is` it is `is_not`. */
type Negatable<A> = A & { [N in keyof A & string as N extends 'is' ? 'is_not' : `not_${N}`]: A[N] };
type Ordered<T> = { lt: T; lte: T; gt: T; gte: T };
type Common<T> = { equals: T | null; is: T | null };

type BooleanActions = Negatable<Common<boolean | NumberLike>>;
type NumberActions = Negatable<Common<NumberLike | boolean> & { in_range: Range<NumberLike> }> & Ordered<NumberLike>;
type TextActions = Negatable<
  Common<string> & {
    iequals: string;
    contains: string;
    icontains: string;
    starts_with: string | readonly string[];
    ends_with: string | readonly string[];
    in_range: Range<string>;
  }
> &
  Ordered<string>;
type LabelActions = Negatable<
  Common<ReadonlySet<unknown>> & {
    contains: string;
    icontains: string;
    any_label_contains: string;
    any_label_starts_with: string | readonly string[];
    any_label_ends_with: string | readonly string[];
  }
>;
type CollectionActions<V, M> = Negatable<Common<V> & { contains: M; icontains: string }>;
type Parts = 'year' | 'month' | 'day' | 'weekday' | 'iso_weekday' | 'hour' | 'minute' | 'second';
type DatetimeActions = Negatable<Common<Instant> & { in_range: Range<Instant> }> &
  Ordered<Instant> & { [P in Parts as `${P}_equals`]: number } & { [P in Parts as `${P}_in`]: Members<number> } & {
    time_equals: TimeOfDay;
    time_in: Members<TimeOfDay>;
    in_date_range: Range<CalendarDate>;
    in_time_range: Range<TimeOfDay>;
  };

/** The actions of an attribute's type, with their arguments; `never` for types that cannot be filtered. */
type ActionsOf<V> = unknown extends V ? { equals: unknown } : ActionsOfKnown<V>;
type ActionsOfKnown<V> = V extends boolean
  ? BooleanActions
  : V extends string
    ? TextActions
    : V extends Date | DatetimeLike
      ? DatetimeActions
      : V extends NumberLike
        ? NumberActions
        : V extends null | undefined
          ? Negatable<Common<null>>
          : V extends ReadonlyMap<infer K, unknown>
            ? CollectionActions<V, K>
            : V extends ReadonlySet<infer M>
              ? LabelActions | CollectionActions<V, M>
              : V extends Uint8Array
                ? CollectionActions<V, number | Uint8Array>
                : V extends Iterable<infer M>
                  ? CollectionActions<V, M>
                  : string extends keyof V
                    ? CollectionActions<V, string>
                    : never;

/** `any_label_contains` → `anyLabelContains`. */
type Camel<S extends string> = S extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;
/** `sizeBytes` → `size_bytes`. */
type Snake<S extends string> = S extends `${infer C}${infer R}` ? `${C extends Lowercase<C> ? C : `_${Lowercase<C>}`}${Snake<R>}` : '';

type NamesOf<A> = A extends unknown ? keyof A & string : never;
type ArgumentOf<A, N extends string> = A extends { [K in N]: infer X } ? X : never;
type IsAny<V> = 0 extends 1 & V ? true : false;

/** An attribute in both spellings. */
type Spelled<K> = K extends string ? K | Snake<K> : never;

/** The attributes of an item: what it holds that is no method. */
type Attribute<T> = { [K in keyof T & string]-?: T[K] extends (...args: never[]) => unknown ? never : K }[keyof T & string];

/** Equality by the attribute's name alone. */
type Shortcuts<T> = { [K in Attribute<T> as ActionsOf<T[K]> extends never ? never : Spelled<K>]?: ArgumentOf<ActionsOf<T[K]>, 'equals'> };

/** The actions of attributes. */
type Actions<T> = {
  [K in Attribute<T>]: {
    [N in NamesOf<ActionsOf<T[K]>> as `${Spelled<K>}__${N | Camel<N>}`]?: ArgumentOf<ActionsOf<T[K]>, N>;
  };
}[Attribute<T>];

/** Attributes that hold others: keys of mappings, indices of lists, and filterables in filterables. */
type Holder<V> =
  IsAny<V> extends true
    ? true
    : V extends string | number | bigint | boolean | null | undefined | Date | DatetimeLike | ReadonlySet<unknown> | Uint8Array
      ? never
      : V extends NumberLike
        ? never
        : true;
type Nested<T> = { [K in Attribute<T> as true extends Holder<T[K]> ? `${Spelled<K>}__${string}` : never]?: unknown };

/** One object type of a union of them. */
type Merge<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never;

/**
 * The filters of an item type: `attribute`, `attribute__action` or `attribute__nested__action`, names as in Python or in camelCase.
 *
 * @example const criteria: Criteria<Datafile> = { extension: 'csv', labels__contains: 'a', tags__manufacturer__equals: 'Vestas' }
 */
export type Criteria<T> =
  IsAny<T> extends true
    ? Readonly<Record<string, unknown>>
    : string extends keyof T
      ? Readonly<Record<string, unknown>>
      : T extends readonly unknown[]
        ? Readonly<Record<string, never>>
        : Readonly<Shortcuts<T> & Merge<Actions<T>> & Nested<T>>;

/** What items can be ordered by: an attribute, or one within another after `__` or a dot. */
export type OrderName<T> =
  IsAny<T> extends true
    ? string
    : string extends keyof T
      ? string
      :
          | Spelled<Attribute<T>>
          | `${Spelled<{ [K in Attribute<T>]: true extends Holder<T[K]> ? K : never }[Attribute<T>]>}${'__' | '.'}${string}`;
