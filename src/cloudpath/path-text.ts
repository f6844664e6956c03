/**
 * The text of a path, taken apart. Pure; nothing is percent-decoded, and the text itself is never changed.
 *
 * @module
 */
import type { Protocol } from '../types.ts';
import { UNENCODABLE } from '../url/key.ts';
import { OFFICIAL_ALIASES, parseUrl, type AliasTable } from '../url/parse.ts';
import { InvalidPrefixError } from './errors.ts';

/** A path, taken apart. */
export interface PathText {
  /** As it was given. */
  readonly text: string;
  readonly protocol: Protocol;
  /** What all paths of a service, host or disk begin with: `s3://`, `s3://https://host/`, an alias `lab://`, `https://host/`, `file:///`. */
  readonly anchor: string;
  /** What stands behind the anchor, without the query of a web address. */
  readonly tail: string;
  /** Of a web address: the query and fragment, with their sign. */
  readonly query: string;
  /** The first name is a bucket. */
  readonly bucketed: boolean;
  /** What stands between slashes, but what is empty or `.`; `..` stays. */
  readonly names: readonly string[];
}

const prefixes = 's3://, gs://, mem://, http://, https://, file://, opfs://';

/** The names between slashes, as POSIX counts them. */
export const namesOf = (path: string): string[] => path.split('/').filter((name) => name !== '' && name !== '.');

/** Names with `..` taken out, which stops at the root. */
export function resolveNames(names: Iterable<string>): string[] {
  const out: string[] = [];
  for (const name of names) {
    if (name === '..') out.pop();
    else out.push(name);
  }
  return out;
}

/** Whether a text names a service, host or disk. */
export const hasScheme = (text: string): boolean => /^[a-z][\w+.-]+:\/\//i.test(text);

/**
 * Take the text of a path apart. Names of services count in any case.
 *
 * @throws InvalidPrefixError the text begins like none; CloudError `InvalidUrl` for what no URL can hold
 */
export function parsePathText(text: string, aliases: AliasTable | undefined): PathText {
  const [, scheme = '', behind = ''] = (typeof text === 'string' && /^([a-z][\w+.-]+):\/\/(.*)$/is.exec(text)) || [];
  if (!scheme || UNENCODABLE.test(text)) throw unknown(text);
  const protocol = scheme.toLowerCase();
  const at = (anchor: string, tail: string, more: Partial<PathText> = {}): PathText => ({
    text,
    protocol: protocol as Protocol,
    anchor,
    tail,
    query: '',
    bucketed: true,
    names: namesOf(tail),
    ...more,
  });
  switch (protocol) {
    case 's3': {
      const [, own = '', host, rest] = /^(https?):\/\/([^/]+)(?:\/(.*))?$/is.exec(behind) ?? [];
      if (!own) return at('s3://', behind);
      const anchor = `s3://${own.toLowerCase()}://${host}/`;
      parseUrl(`${anchor}bucket`); // user info in the host, or no host
      return at(anchor, rest ?? '');
    }
    case 'gs':
    case 'mem':
      return at(`${protocol}://`, behind);
    case 'http':
    case 'https': {
      const { host } = parseUrl(`${protocol}://${behind}`);
      const [, path = '', query = ''] = /^[^/?#]*\/?([^?#]*)(.*)$/s.exec(behind) ?? [];
      return at(`${host}/`, path, { query, bucketed: false });
    }
    case 'file':
    case 'opfs':
      return at(`${protocol}:///`, parseUrl(`${protocol}://${behind || '/'}`).path.replace(/^\//, ''), { bucketed: false });
    default:
      return aliased(text, scheme, behind, aliases);
  }
}

function aliased(text: string, name: string, tail: string, aliases: AliasTable | undefined): PathText {
  const target = Object.hasOwn(OFFICIAL_ALIASES, name) ? OFFICIAL_ALIASES[name] : aliases?.get(name);
  if (target === undefined) throw unknown(text);
  const root = target.replace(/\/?$/, '/');
  const inner = parsePathText(root + tail, undefined);
  // only what stands for an endpoint can be printed as an alias
  return inner.anchor === root ? { ...inner, text, anchor: `${name}://` } : inner;
}

const unknown = (text: unknown): InvalidPrefixError =>
  new InvalidPrefixError(`a path begins with one of ${prefixes}, or an alias`, { url: typeof text === 'string' ? text : undefined });
