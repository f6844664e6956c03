/**
 * Paths of objects as values: what can be told and made of their text alone.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { Protocol } from '../types.ts';
import { compareUtf8 } from '../util/utf8.ts';
import type { AliasTable } from '../url/parse.ts';
import { CloudPathError } from './errors.ts';
import { hasScheme, namesOf, parsePathText, resolveNames, type PathText } from './path-text.ts';
import { compilePattern } from './pattern.ts';
import { shownText } from './shown.ts';

/** Options of a {@link PureCloudPath}. */
export interface PureCloudPathOptions {
  /** Beside the official ones. */
  aliases?: AliasTable | undefined;
}

/** Options of matching. */
export interface MatchOptions {
  /** @default true */
  caseSensitive?: boolean | undefined;
}

const refuse = (message: string, url: string): CloudError => new CloudError(message, { code: 'InvalidArgument', url });

/**
 * A path without any I/O, as `pathlib` has them. The text is kept as it was given (`//` and a slash at the end included); what is derived
 * from it is normalised: no empty names, no `.`, no `..`, no slash at the end but of web addresses.
 *
 * @example
 * const path = new PureCloudPath('s3://bucket/dir/f.tar.gz');
 * path.parent.join('g.csv').toString(); // 's3://bucket/dir/g.csv'
 */
export class PureCloudPath {
  readonly #at: PathText;
  readonly #options: PureCloudPathOptions;

  /** @throws InvalidPrefixError the text begins as no path does; CloudError `InvalidUrl` */
  constructor(path: string | PureCloudPath, options: PureCloudPathOptions = {}) {
    const known = path instanceof PureCloudPath;
    this.#options = known ? path.#options : options;
    this.#at = known ? path.#at : parsePathText(path, options.aliases);
  }

  /** Whether a text is a path of a store: not of the local disk alone, and no alias. */
  static isValid(text: unknown): boolean {
    try {
      return typeof text === 'string' && Boolean(parsePathText(text, undefined));
    } catch {
      return false;
    }
  }

  /** Makes a path of the same kind. @internal */
  protected make(text: string): this {
    return new PureCloudPath(text, this.#options) as this;
  }

  private derive(names: readonly string[], slash = false): this {
    const { anchor, protocol } = this.#at;
    const web = protocol === 'http' || protocol === 'https';
    return this.make(anchor + names.join('/') + (web && slash && names.length > 0 ? '/' : ''));
  }

  /** Kind of store. */
  get protocol(): Protocol {
    return this.#at.protocol;
  }

  /** What all paths of the service, host or disk begin with: `s3://`, `https://host/`, `file:///`. */
  get anchor(): string {
    return this.#at.anchor;
  }

  /** The bucket; of a web address the host; `''` on a disk. */
  get drive(): string {
    const { anchor, protocol } = this.#at;
    return protocol === 'http' || protocol === 'https' ? anchor.slice(protocol.length + 3, -1) : this.bucket;
  }

  /** `''` where there are none. */
  get bucket(): string {
    return this.#at.bucketed ? this.#at.tail.replace(/\/.*$/s, '') : '';
  }

  /** What stands behind the bucket, host or root, as it was given: the query of a web address belongs to it. */
  get key(): string {
    const { bucketed, tail, query } = this.#at;
    return bucketed ? tail.slice(this.bucket.length + 1) : tail + query;
  }

  /** The anchor and the names. */
  get parts(): readonly string[] {
    return [this.#at.anchor, ...this.#at.names];
  }

  /** The last name; of a bucket its own, of a root `''`. */
  get name(): string {
    return this.#at.names.at(-1) ?? '';
  }

  /** The name without its suffix. */
  get stem(): string {
    return this.name.slice(0, this.name.length - this.suffix.length);
  }

  /** The last dot of the name and what follows; `''` when there is none, or only one in front or at the end. */
  get suffix(): string {
    const { name } = this;
    const at = name.lastIndexOf('.');
    return at > 0 && at < name.length - 1 ? name.slice(at) : '';
  }

  /** All suffixes: `f.tar.gz` has `.tar` and `.gz`. */
  get suffixes(): readonly string[] {
    const { name } = this;
    if (name.endsWith('.')) return [];
    return name
      .replace(/^\.+/, '')
      .split('.')
      .slice(1)
      .map((text) => `.${text}`);
  }

  /** What holds it; of a bucket the root. A root is its own parent. */
  get parent(): this {
    return this.derive(resolveNames(this.#at.names).slice(0, -1), true);
  }

  /** All that hold it, the nearest first, without the root. */
  get parents(): readonly this[] {
    const { names } = this.#at;
    return names.slice(1).map((_, index) => this.derive(resolveNames(names.slice(0, names.length - 1 - index)), true));
  }

  /**
   * Go on from here. `..` goes up and stops at the root, a part that begins with `/` starts over behind the anchor (so in a bucketed store it
   * names another bucket), a slash at the end counts for web addresses only.
   *
   * @throws CloudError `InvalidArgument` for a part that is a URL
   */
  join(...parts: readonly string[]): this {
    let names: string[] = [...this.#at.names];
    for (const part of parts) {
      if (hasScheme(part)) throw refuse(`${shownText(part)} is a path of its own and cannot be joined`, this.toString());
      names = [...(part.startsWith('/') ? [] : names), ...namesOf(part)];
    }
    const last = parts.findLast((part) => part !== '');
    return this.derive(resolveNames(names), last === undefined ? this.#at.tail.endsWith('/') : last.endsWith('/'));
  }

  /** With another last name. @throws CloudError `InvalidArgument`: it has none, or that is no name */
  withName(name: string): this {
    const { names } = this.#at;
    if (names.length === 0) throw refuse('a root has no name', this.toString());
    if (name === '' || name === '.' || name === '..' || name.includes('/')) throw refuse(`'${name}' is no name`, this.toString());
    return this.derive([...resolveNames(names.slice(0, -1)), name]);
  }

  /** With another stem before the same suffix. @throws CloudError `InvalidArgument` */
  withStem(stem: string): this {
    return this.withName(stem + this.suffix);
  }

  /** With another suffix, or without one for `''`. @throws CloudError `InvalidArgument`: it does not begin with a dot, or is nothing else */
  withSuffix(suffix: string): this {
    if (suffix !== '' && !/^\.[^/]*[^/.]$/s.test(suffix)) throw refuse(`'${suffix}' is no suffix`, this.toString());
    return this.withName(this.stem + suffix);
  }

  /** Another path behind the same anchor: first the bucket, where there are buckets. */
  withSegments(...segments: readonly string[]): this {
    return this.derive([]).join(...segments);
  }

  /**
   * Where it is, seen from another path; `.` when it is that path.
   *
   * @param options.walkUp also from a path beside or below it, by `..`. @default false
   * @throws CloudError `InvalidArgument`: it is elsewhere
   */
  relativeTo(other: PureCloudPath | string, { walkUp = false }: { walkUp?: boolean | undefined } = {}): string {
    const base = typeof other === 'string' ? this.#parse(other) : other;
    const names = this.#at.names;
    const shared = base ? this.#shared(base) : -1;
    const up = base ? base.#at.names.length - shared : 0;
    const outside = !base || shared < 0 || (up > 0 && !(walkUp && (shared > 0 || !this.#at.bucketed)));
    if (outside || base.#at.names.slice(shared).includes('..'))
      throw refuse(`${shownText(this.toString())} is not below ${shownText(String(other))}`, this.toString());
    return [...Array.from({ length: up }, () => '..'), ...names.slice(shared)].join('/') || '.';
  }

  /** Whether {@link relativeTo} has an answer. */
  isRelativeTo(other: PureCloudPath | string): boolean {
    const base = typeof other === 'string' ? this.#parse(other) : other;
    return base !== undefined && this.#shared(base) === base.#at.names.length;
  }

  #parse(text: string): PureCloudPath | undefined {
    return hasScheme(text) ? new PureCloudPath(text, this.#options) : undefined;
  }

  /** How many names both begin with; -1 for other services, hosts and disks. */
  #shared(other: PureCloudPath): number {
    if (this.#at.anchor !== other.#at.anchor) return -1;
    const [mine, theirs] = [this.#at.names, other.#at.names];
    const end = mine.findIndex((name, index) => name !== theirs[index]);
    return end < 0 ? mine.length : end;
  }

  /**
   * Whether a pattern fits the end of it: `*.csv`, `dir/*.csv`. One that begins with the anchor, or with `/` in front of the bucket, has to fit
   * the whole. `**` is no more than `*` here, as in pathlib.
   *
   * @throws CloudError `InvalidArgument` for a pattern without a name
   */
  match(pattern: string, options: MatchOptions = {}): boolean {
    const { names, whole } = this.#pattern(pattern);
    if (names.length > this.#at.names.length || (whole && names.length < this.#at.names.length)) return false;
    const single = names.map((name) => (name === '**' ? '*' : name));
    return compilePattern(single, options.caseSensitive ?? true).test(this.#at.names.slice(-names.length).join('/'));
  }

  /**
   * Whether a pattern fits the whole of it; `**` takes any number of names. It begins with the anchor, with `/` in front of the bucket, or else
   * behind the bucket.
   *
   * @throws CloudError `InvalidArgument` for a pattern without a name
   */
  fullMatch(pattern: string, options: MatchOptions = {}): boolean {
    const { names, whole } = this.#pattern(pattern);
    const own = whole || !this.#at.bucketed ? this.#at.names : this.#at.names.slice(1);
    return compilePattern(names, options.caseSensitive ?? true).test(own.join('/'));
  }

  #pattern(pattern: string): { names: string[]; whole: boolean } {
    const { anchor } = this.#at;
    const anchored = pattern.startsWith(anchor);
    const names = namesOf(anchored ? pattern.slice(anchor.length) : pattern);
    // one of another service fits nothing
    if (!anchored && hasScheme(pattern)) return { names: [pattern], whole: true };
    if (names.length === 0) throw new CloudPathError('an empty pattern', { code: 'InvalidArgument' });
    return { names, whole: anchored || pattern.startsWith('/') };
  }

  /** Itself: it is absolute already. */
  resolve(): this {
    return this;
  }

  /** Itself. */
  absolute(): this {
    return this;
  }

  /** True. */
  isAbsolute(): boolean {
    return true;
  }

  /** False: stores have no such thing. */
  isJunction(): boolean {
    return false;
  }

  /** The text. */
  asUri(): string {
    return this.#at.text;
  }

  toString(): string {
    return this.#at.text;
  }

  toJSON(): string {
    return this.#at.text;
  }

  /** Whether it is a path with the same text: `s3://b/a` is another than `s3://b/a/`. */
  equals(other: unknown): boolean {
    return other instanceof PureCloudPath && other.#at.text === this.#at.text;
  }

  /** The same as {@link equals}, for texts too. */
  samefile(other: PureCloudPath | string): boolean {
    return String(other) === this.#at.text;
  }

  /**
   * Order by parts: negative, 0 or positive, as `sort` takes it.
   *
   * @throws CloudError `InvalidArgument` for a path of another kind of store
   */
  compare(other: PureCloudPath): number {
    if (other.protocol !== this.protocol) throw refuse(`${this.protocol} and ${other.protocol} paths have no order`, this.toString());
    const theirs = other.parts;
    for (const [index, part] of this.parts.entries()) {
      if (index >= theirs.length) return 1;
      const order = compareUtf8(part, theirs[index]!);
      if (order !== 0) return order;
    }
    return this.parts.length - theirs.length;
  }
}
