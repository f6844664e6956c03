/**
 * Short names for S3 endpoints: the official ones, those of a client, and those that outlive it.
 *
 * @module
 */
import { loadAliases, saveAliases } from '#platform';
import { CloudError } from '../errors.ts';
import type { AbortOptions } from '../types.ts';
import { abortable, throwIfAborted } from '../util/abort.ts';
import { type AliasTable, FORMATS, OFFICIAL_ALIASES, parseUrl, PROTOCOLS } from './parse.ts';

/** One name. */
export interface AliasEntry {
  name: string;
  /** With a trailing slash, e.g. `s3://https://s3.lab.example/`. */
  host: string;
  /** Ships with anyfile; cannot be changed. */
  official: boolean;
  /** Kept for other processes. */
  persistent: boolean;
}

/** Options of adding and removing. */
export interface AliasOptions extends AbortOptions {
  /** Change the names kept for other processes: `$CLOUD_FILES_DIR/aliases.json`. @default false */
  persistent?: boolean | undefined;
}

/** The names that one client knows. */
export interface Aliases extends AliasTable {
  /** Official, added and, after {@link load}, kept names. */
  get(name: string): string | undefined;
  /** Read the kept names, once; nothing else does so on its own but `listAliases` and persistent changes. */
  load(options?: AbortOptions): Promise<void>;
  /** Names anew replace those of the same name. Rejects with `InvalidArgument` (no name, a protocol, a format, no usable host) or `AlreadyExists` (official). */
  addAlias(name: string, host: string, options?: AliasOptions): Promise<void>;
  /** No error when there is no such name. Rejects with `InvalidArgument` for an official one. */
  removeAlias(name: string, options?: AliasOptions): Promise<void>;
  /** All of them, sorted by name within official and not. */
  listAliases(options?: AbortOptions): Promise<AliasEntry[]>;
}

/**
 * The aliases of one client; nothing is read yet.
 *
 * @param initial names to begin with
 * @throws CloudError as `addAlias`
 * @example
 * const aliases = createAliases({ lab: 's3://https://s3.lab.example/' });
 * parseUrl('lab://bucket/key', { aliases });
 */
export function createAliases(initial: Readonly<Record<string, string>> = {}): Aliases {
  const own = new Map<string, string>();
  let kept = new Map<string, string>();
  let loading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    const stored = new Map<string, string>();
    // A stored name that shadows a protocol or an official alias is not believed.
    for (const [name, host] of Object.entries(await loadAliases())) if (!refusal(name, host)) stored.set(name, withSlash(host));
    kept = stored;
  };
  const load = async (options: AbortOptions = {}): Promise<void> => {
    throwIfAborted(options.signal);
    loading ??= read().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    await abortable(loading, options.signal);
  };
  const change = async (options: AliasOptions, act: (names: Map<string, string>) => void): Promise<void> => {
    throwIfAborted(options.signal);
    if (!options.persistent) return act(own);
    await abortable(read(), options.signal); // others may have written since
    loading ??= Promise.resolve();
    act(kept);
    await saveAliases(Object.fromEntries(kept));
  };
  const add = (names: Map<string, string>, name: string, host: string): void => {
    const error = refusal(name, host);
    if (error) throw error;
    names.set(name, withSlash(host));
  };

  for (const [name, host] of Object.entries(initial)) add(own, name, host);
  return {
    get: (name) => official(name) ?? own.get(name) ?? kept.get(name),
    load,
    addAlias: (name, host, options = {}) => change(options, (names) => add(names, name, host)),
    removeAlias: (name, options = {}) =>
      change(options, (names) => {
        if (official(name)) throw new CloudError(`${name} is official`, { code: 'InvalidArgument', operation: 'alias', key: name });
        names.delete(name);
      }),
    async listAliases(options) {
      await load(options);
      const others = new Map([...kept, ...own]);
      return [
        ...Object.entries(OFFICIAL_ALIASES).map(([name, host]) => ({ name, host, official: true, persistent: true })),
        ...[...others.keys()]
          .sort()
          .map((name) => ({ name, host: others.get(name)!, official: false, persistent: kept.has(name) && !own.has(name) })),
      ];
    },
  };
}

const withSlash = (host: string): string => host.replace(/\/?$/, '/');

const official = (name: string): string | undefined => (Object.hasOwn(OFFICIAL_ALIASES, name) ? OFFICIAL_ALIASES[name] : undefined);

function refusal(name: string, host: string): CloudError | undefined {
  const refuse = (message: string, code: 'InvalidArgument' | 'AlreadyExists' = 'InvalidArgument'): CloudError =>
    new CloudError(message, { code, operation: 'alias', key: name });
  if (PROTOCOLS.includes(name)) return refuse(`${name} is a protocol and cannot be aliased`);
  if (FORMATS.includes(name)) return refuse(`${name} is a format and cannot be aliased`);
  if (official(name)) return refuse(`${name} already exists`, 'AlreadyExists');
  if (!/^[a-z][\w+.-]+$/i.test(name)) return refuse('an alias begins with a letter and has two or more letters, digits, + . - or _');
  try {
    // It must make sense in front of a bucket and key; another alias would not.
    parseUrl(`${withSlash(host)}bucket/key`, { aliases: { get: () => undefined } });
    if (!PROTOCOLS.includes(host.replace(/:\/\/.*$/s, '')) || /https?:\/+$/.test(host)) throw new TypeError('no protocol or host');
  } catch {
    return refuse('an alias stands for an address such as s3://https://host/');
  }
  return undefined;
}
