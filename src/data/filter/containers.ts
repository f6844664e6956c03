/**
 * The containers of datafiles: filtered and ordered by what their members are, without any I/O.
 *
 * @module
 */
import { compileCriteria, type LooseCriteria } from './compile.ts';
import { FilterError } from './errors.ts';
import { sortBy, type OrderOptions, type ReverseOptions } from './order.ts';
import type { Criteria, OrderName } from './types.ts';

/** What happens to items that lack an attribute. */
export interface FilterOptions {
  /**
   * Whether items that lack an attribute, or have null where the filter is one of other types, do not match; an error otherwise. A name
   * that is neither an attribute nor a filter is an error in any case. @default true
   */
  ignoreItemsWithoutAttribute?: boolean | undefined;
}

function matching(criteria: object, { ignoreItemsWithoutAttribute = true }: FilterOptions, container: string): (item: unknown) => boolean {
  return compileCriteria(criteria as LooseCriteria, ignoreItemsWithoutAttribute, container);
}

/** The only one of several. */
function single<E>(found: readonly E[], criteria: object): E {
  if (found.length === 1) return found[0]!;
  const names = Object.keys(criteria).join(', ') || 'none';
  const what = found.length ? `${found.length} results were found where one was expected` : 'no result was found';
  throw new FilterError('UnexpectedNumberOfResults', `${what} (filters: ${names})`);
}

/** Items of which none is there twice, as those that a set was filtered to. */
class Distinct<T> {
  readonly items: readonly T[];

  constructor(items: readonly T[]) {
    this.items = items;
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.items.values();
  }
}

/** What sets and lists of items have in common. */
abstract class Items<T> {
  protected readonly items: readonly T[];
  /** For messages; names of classes do not survive a bundler. */
  readonly #name: string;

  protected constructor(items: readonly T[], name: string) {
    this.items = items;
    this.#name = name;
  }

  /** How many items there are. */
  get size(): number {
    return this.items.length;
  }

  /** Items in the order in which they were given. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.items.values();
  }

  /** The items of matching criteria, in their order. */
  protected select(criteria: object, options: FilterOptions): T[] {
    return this.items.filter(matching(criteria, options, this.#name));
  }

  /**
   * The items in the order of an attribute, ascending. Stable: items that are equal keep their order.
   *
   * @param name an attribute, as in Python or in camelCase; nested ones after `__` or a dot
   * @throws FilterError `InvalidFilter` when an item lacks the attribute, `WrongType` when values cannot be ordered (null among them),
   * `BrokenSequence` when a check fails
   * @example dataset.files.orderBy('tags__cluster', { checkStartValue: 0, checkConstantIncrement: 1 })
   */
  orderBy(name: OrderName<T>, options: OrderOptions = {}): FilterList<T> {
    return new FilterList(sortBy(this.items, (item) => item, name, options));
  }

  /**
   * The only item that matches.
   *
   * @param criteria as of `filter`; without them there must be one item in all
   * @throws FilterError `UnexpectedNumberOfResults` for none or several
   */
  one(criteria: Criteria<T> = {} as Criteria<T>, options: FilterOptions = {}): T {
    return single(this.select(criteria, options), criteria);
  }
}

/**
 * A set of items that can be filtered and ordered by their attributes. It does not change: filtering makes another.
 *
 * @example
 * const csv = dataset.files.filter({ extension: 'csv', labels__contains: 'a', timestamp__year_equals: 2026 });
 * for (const datafile of csv.orderBy('name')) console.log(datafile.name);
 */
export class FilterSet<T> extends Items<T> {
  #members: ReadonlySet<T> | undefined;

  /** @param items the members; those that are there twice are taken once */
  constructor(items: Iterable<T> = []) {
    super(items instanceof Distinct ? items.items : [...new Set(items)], 'FilterSet');
  }

  /** Whether this very item is a member. */
  has(item: T): boolean {
    this.#members ??= new Set(this.items);
    return this.#members.has(item);
  }

  /**
   * The items for which all criteria hold.
   *
   * @param criteria names of filters, `attribute__action`, with their arguments; an attribute alone is `equals`. None give a copy
   * @throws FilterError `InvalidFilter` for a filter that the attribute's type does not have, `MissingAttribute` when items without the
   * attribute are not ignored, `WrongType` for arguments and values that do not go together
   */
  filter(criteria: Criteria<T>, options: FilterOptions = {}): FilterSet<T> {
    return new FilterSet(new Distinct(this.select(criteria, options)));
  }
}

/** A list of items in an order; else as {@link FilterSet}. */
export class FilterList<T> extends Items<T> {
  /** @param items the members in their order */
  constructor(items: Iterable<T> = []) {
    super([...items], 'FilterList');
  }

  /** Whether this very item is in the list. */
  has(item: T): boolean {
    return this.items.includes(item);
  }

  /** The item at an index; from the end when negative. */
  at(index: number): T | undefined {
    return this.items.at(index);
  }

  /** The items for which all criteria hold, in their order; see {@link FilterSet.filter}. */
  filter(criteria: Criteria<T>, options: FilterOptions = {}): FilterList<T> {
    return new FilterList(this.select(criteria, options));
  }
}

/**
 * Items under keys, filtered and ordered by the attributes of the items. It does not change: filtering makes another.
 *
 * @example const [key, datafile] = new FilterDict({ a: first, b: second }).one({ extension: 'csv' });
 */
export class FilterDict<K extends PropertyKey, V> {
  readonly #entries: ReadonlyMap<K, V>;

  /** @param entries a `Map`, pairs, or an object */
  constructor(entries: Iterable<readonly [K, V]> | Readonly<Record<K, V>> = []) {
    this.#entries = new Map(Symbol.iterator in entries ? entries : (Object.entries(entries) as unknown as [K, V][]));
  }

  /** How many items there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether there is an item under the key. */
  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** The item under the key. */
  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  /** The keys in the order in which they were given. */
  keys(): IterableIterator<K> {
    return this.#entries.keys();
  }

  /** The items in that order. */
  values(): IterableIterator<V> {
    return this.#entries.values();
  }

  /** Keys with their items in that order. */
  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.#entries.entries();
  }

  #select(criteria: object, options: FilterOptions): [K, V][] {
    const matches = matching(criteria, options, 'FilterDict');
    return [...this.#entries].filter(([, item]) => matches(item));
  }

  /** The entries for whose items all criteria hold; see {@link FilterSet.filter}. */
  filter(criteria: Criteria<V>, options: FilterOptions = {}): FilterDict<K, V> {
    return new FilterDict(this.#select(criteria, options));
  }

  /**
   * The entries in the order of an attribute of their items, as a list of pairs. Pairs are no items: such a list cannot be filtered again.
   *
   * @param name an attribute; nested ones after `__` or a dot
   * @throws FilterError as of {@link FilterSet.orderBy}
   */
  orderBy(name: OrderName<V>, options: ReverseOptions = {}): FilterList<[K, V]> {
    const { reverse } = options;
    return new FilterList(sortBy([...this.#entries], ([, item]) => item, name, { reverse }));
  }

  /**
   * The only entry whose item matches.
   *
   * @param criteria as of `filter`; without them there must be one entry in all
   * @throws FilterError `UnexpectedNumberOfResults` for none or several
   */
  one(criteria: Criteria<V> = {} as Criteria<V>, options: FilterOptions = {}): [key: K, item: V] {
    return single(this.#select(criteria, options), criteria);
  }
}
