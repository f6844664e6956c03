/**
 * `NAME=VALUE` on the command line: tags and filters. Nothing is read or sent.
 *
 * @module
 */
import {
  deserialiseDatafile,
  FilterError,
  FilterSet,
  formatJson,
  isCloudError,
  LabelSet,
  parseDateTime,
  parseTypedJson,
  PyDateTime,
  type Datafile,
  type PyValue,
  type TimestampInput,
} from '../index.ts';
import { UsageError } from './io.ts';

/** For options that may be given several times. */
export const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value];

/** What stands in front of the first `=`, and behind it. */
function split(option: string, text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(`${option} ${at === 0 ? text : text.slice(0, 60)}: write ${option} NAME=VALUE`);
}

/** What the library refuses is a mistake on the command line. */
function checked<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isCloudError(error, 'InvalidArgument')) throw new UsageError(`${what}: ${error.message}`);
    throw error;
  }
}

/** A value: typed JSON if it is that, else the text itself. */
function valueOf(text: string): PyValue {
  try {
    return parseTypedJson(text);
  } catch (error) {
    // `{"_type": "datetime", …}` that cannot be read is no text, but a mistake
    if (!isCloudError(error, 'InvalidArgument') || !error.message.startsWith('Not JSON')) throw error;
    return text;
  }
}

/** What is to be changed of a datafile. */
export interface Changes {
  tags: ReadonlyMap<string, PyValue>;
  untag: readonly string[];
  labels: readonly string[];
  unlabel: readonly string[];
  /** `undefined` to leave it. */
  timestamp: TimestampInput | undefined;
}

/** The options of `meta set`, as they were written. */
export interface ChangeOptions {
  tag?: readonly string[];
  tagString?: readonly string[];
  untag?: readonly string[];
  label?: readonly string[];
  unlabel?: readonly string[];
  timestamp?: string;
}

/** Understand the options of `meta set`. @throws UsageError a bad name or value, a name that is set twice, or nothing to change */
export function parseChanges({ tag = [], tagString = [], untag = [], label = [], unlabel = [], timestamp }: ChangeOptions): Changes {
  const tags = new Map<string, PyValue>();
  const once = (option: string, name: string): void => {
    if (tags.has(name)) throw new UsageError(`${option} ${name}: the tag is named twice`);
  };
  // a datafile that is nowhere, to ask what is valid
  const probe = deserialiseDatafile({ path: '/' });
  const set = (option: string, text: string, value: (text: string) => PyValue): void => {
    const [name, written] = split(option, text);
    once(option, name);
    checked(`${option} ${name}`, () => {
      tags.set(name, value(written));
      probe.addTags(tags);
      formatJson(tags.get(name)!);
    });
  };
  for (const text of tag) set('--tag', text, valueOf);
  for (const text of tagString) set('--tag-string', text, (value) => value);
  for (const name of untag) once('--untag', name);
  for (const [option, names] of [
    ['--label', label],
    ['--unlabel', unlabel],
  ] as const)
    for (const name of names) checked(`${option} ${name}`, () => new LabelSet([name]));
  const both = label.find((name) => unlabel.includes(name));
  if (both !== undefined) throw new UsageError(`--unlabel ${both}: the label is named twice`);
  const time = timestamp === undefined ? undefined : parseWhen(timestamp);
  if (time === undefined && tags.size + untag.length + label.length + unlabel.length === 0)
    throw new UsageError('nothing to change: say --tag, --untag, --label, --unlabel or --timestamp');
  return { tags, untag, labels: label, unlabel, timestamp: time };
}

/** `none`, seconds since 1970, or ISO 8601, where a time without an offset stays one. */
function parseWhen(text: string): TimestampInput {
  const when = text.trim();
  if (when === 'none') return null;
  return checked(`--timestamp ${text.slice(0, 60)}`, () => {
    if (!/^-?\d+(\.\d+)?$/.test(when)) return parseDateTime(when);
    const probe = deserialiseDatafile({ path: '/' });
    probe.timestamp = Number(when);
    return probe.timestamp;
  });
}

/** One filter. */
export interface Filter {
  readonly name: string;
  readonly value: unknown;
  /** A listing tells what it asks for. */
  readonly listed: boolean;
}

/** Every attribute of a datafile, with a value of its type. */
const typical = {
  name: '',
  extension: '',
  path: '',
  cloudPath: '',
  bucketName: '',
  pathInBucket: '',
  cloudProtocol: '',
  metadataPath: '',
  sizeBytes: 0,
  lastModified: new Date(0),
  existsLocally: true,
  existsInCloud: true,
  id: '',
  timestamp: new PyDateTime({ year: 2000, month: 1, day: 1 }),
  posixTimestamp: 0,
  tags: {},
  labels: new LabelSet(),
};
const typicals = [typical, { ...typical, timestamp: new PyDateTime({ year: 2000, month: 1, day: 1, offsetSeconds: 0 }) }];

/** Attributes that only stored metadata tell. */
const stored: ReadonlySet<string> = new Set(['id', 'timestamp', 'posixTimestamp', 'tags', 'labels']);

/**
 * Understand filters: `attribute__action=VALUE`. Values are typed JSON if they are that, else text; those for attributes that are text, and
 * for labels, are JSON only if they are a list or in quotes.
 *
 * @throws UsageError an attribute or action that is not there, or a value that does not go with it
 */
export function parseFilters(texts: readonly string[]): Filter[] {
  return texts.map((text) => {
    const [name, written] = split('--filter', text);
    const attribute = name.split(/__|\./)[0]!.replace(/(?<=[^_])_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
    if (!Object.hasOwn(typical, attribute)) {
      const names = Object.keys(typical).map((one) => one.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
      throw new UsageError(`--filter ${name}: datafiles have no such attribute; they have ${names.join(', ')}`);
    }
    const example = typical[attribute as keyof typeof typical];
    const words = typeof example === 'string' || attribute === 'labels';
    const value = checked(`--filter ${name}`, () => (words && !/^\s*["[{]/.test(written) ? written : valueOf(written)));
    const list = attribute === 'labels' && /^labels(__(not_)?equals)?$/.test(name) && Array.isArray(value);
    const filter = { name, value: list ? new Set(value) : value, listed: !stored.has(attribute) };
    const refusals = typicals.map((one) => refusalOf(one, filter, attribute === 'tags'));
    if (refusals.every(Boolean)) throw refusals[0]!;
    return filter;
  });
}

/** Why a filter cannot be asked of an item. What is below `tags` differs from file to file. */
function refusalOf(item: object, filter: Filter, lenient: boolean): UsageError | undefined {
  try {
    new FilterSet<object>([item]).filter({ [filter.name]: filter.value }, { ignoreItemsWithoutAttribute: lenient });
    return undefined;
  } catch (error) {
    return asUsage(filter, error);
  }
}

/** A filter's failure as a mistake on the command line that names it. @throws what is no failure of a filter */
function asUsage({ name }: Filter, error: unknown): UsageError {
  if (!(error instanceof FilterError)) throw error;
  return new UsageError(`--filter ${name}: ${error.message.replace(`${name}: `, '')}`);
}

/** The files for which all filters hold. @throws UsageError a filter does not go with what a file has */
export function filterFiles(files: FilterSet<Datafile>, filters: readonly Filter[]): FilterSet<Datafile> {
  return filters.reduce((left, filter) => {
    try {
      // one at a time: the same name may be given twice
      return left.filter({ [filter.name]: filter.value });
    } catch (error) {
      throw asUsage(filter, error);
    }
  }, files);
}
