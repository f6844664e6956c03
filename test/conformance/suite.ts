/**
 * What every check of the store suite stands on.
 *
 * @module
 */
import type { Capabilities, ListOptions, ListPage, ObjectInfo, ObjectStore } from '../../src/types.ts';
import { compareUtf8 } from '../../src/util/utf8.ts';
import { uniqueName } from '../env.ts';
import { ok, skip, test } from '../harness.ts';

/** How a suite gets its store, and what that cannot do. */
export interface StoreSuiteOptions {
  /** Called for each check; may skip by `need(…)`. Checks keep to keys below a name of their own. */
  open(): Promise<{ store: ObjectStore; close(): Promise<void> }>;
  /** A reason to skip this check, for a fault of the server and not of ours. */
  skip?: ((what: string) => string | undefined) | undefined;
  /** Puts many small objects quickly. Only with it the check of 2,501 keys runs. */
  seed?: ((store: ObjectStore, keys: readonly string[]) => Promise<void>) | undefined;
  /** Whether an odd key is to be tried. @default all */
  fits?: ((key: string) => boolean) | undefined;
  /** Whether the store gives checksums that reads are verified by. @default false */
  verifies?: boolean | undefined;
  /** Changes that each of two writers makes to one object's metadata. @default 1, for on S3 each waits a second and more */
  metadataRaces?: number | undefined;
  /** For each check. @default 60_000 */
  timeoutMs?: number | undefined;
}

/** One check's own corner of a store. */
export interface Corner {
  store: ObjectStore;
  can: Capabilities;
  /** Ends in a slash; nobody else's. */
  prefix: string;
  /** A key below the prefix. */
  key: (name: string) => string;
  options: StoreSuiteOptions;
}

/** Register one check. It is skipped, with the reason, where the store has not all capabilities that it needs. */
export type Check = (what: string, needs: readonly (keyof Capabilities)[], fn: (corner: Corner) => Promise<void>) => void;

/** The checks of one store. */
export function createCheck(name: string, options: StoreSuiteOptions): Check {
  return (what, needs, fn) =>
    test(
      `${name}: ${what}`,
      async () => {
        const reason = options.skip?.(what);
        if (reason !== undefined) skip(reason);
        const { store, close } = await options.open();
        try {
          const lack = needs.find((capability) => !store.capabilities[capability]);
          if (lack) skip(`${name} is without the capability ${lack}`);
          const prefix = `${uniqueName('suite')}/`;
          await fn({ store, can: store.capabilities, prefix, key: (key) => prefix + key, options });
        } finally {
          await close();
        }
      },
      { timeoutMs: options.timeoutMs ?? 60_000 },
    );
}

/** All pages of a listing, each held to its size. */
export async function pages(store: ObjectStore, options: ListOptions): Promise<ListPage[]> {
  const all: ListPage[] = [];
  for await (const page of store.list(options)) {
    ok(page.objects.length + page.prefixes.length <= (options.pageSize ?? 1000), 'pages that keep to pageSize');
    all.push(page);
  }
  return all;
}

/** Names below a corner's prefix that a listing gives, objects and folded ones apart. */
export async function listed(corner: Corner, options: ListOptions = {}): Promise<{ keys: string[]; prefixes: string[] }> {
  const { store, prefix, key } = corner;
  const all = await pages(store, {
    ...options,
    prefix: key(options.prefix ?? ''),
    ...(options.startAfter && { startAfter: key(options.startAfter) }),
  });
  const below = (text: string): string => {
    ok(text.startsWith(prefix), `${text} below ${prefix}`);
    return text.slice(prefix.length);
  };
  return {
    keys: all.flatMap((page) => page.objects.map((info) => below(info.key))),
    prefixes: all.flatMap((page) => page.prefixes.map(below)),
  };
}

/** In the order of listings. */
export const sorted = (keys: readonly string[]): string[] => [...keys].sort(compareUtf8);

/** What names this version in a condition. */
export function validator(info: Pick<ObjectInfo, 'etag' | 'generation'> | null): string {
  const found = info?.generation ?? info?.etag;
  ok(found, 'an ETag or a generation');
  return found;
}

/** A validator of the same kind that is nobody's. */
export const otherValidator = (own: string): string => (/^\d+$/.test(own) ? '1' : '"00000000000000000000000000000000"');

/** Compressed by the engine itself. */
export async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer());
}

/** Chunks one after the other. */
export async function* chunked(bytes: Uint8Array, sizeBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.slice(at, at + sizeBytes);
}
