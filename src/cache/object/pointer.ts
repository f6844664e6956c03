/**
 * What is known of an object: its info, which version that is of, and how its bytes are kept. A claim about the past, which an old one is too.
 *
 * @module
 */
import type { ObjectInfo } from '../../types.ts';
import type { CacheEntry, CacheKey } from '../container/container.ts';
import { cacheObject, cachePointer, clearUrl } from '../identity.ts';

/** What is kept under one pointer: an object as one identity reads it. */
export interface Subject {
  readonly namespace: string;
  /** Of the bucket; of the web: of the object, as it goes out. */
  readonly url: string;
  /** Of the object in its bucket; of the web: empty. */
  readonly key: string;
  /** Sets apart what is kept of one object in several ways. */
  readonly flavour: string;
}

/** What is known of an object. */
export interface Pointer {
  readonly info: ObjectInfo;
  /** Of `validatorOf`, or of `weakValidator`. */
  readonly validator: string;
  readonly blockBytes: number;
  /** The `object` of the keys of its blocks. */
  readonly object: string;
  /** All of it was read at once. */
  readonly whole: boolean;
  /** It had its checksum then. */
  readonly verified: boolean;
  /** When the service was last known to have it so, in ms since the epoch. */
  readonly checkedAt: number;
  /** Blocks under which it was kept before: they are deleted, but a reader that is under way may bring some back. */
  readonly before: readonly string[];
}

/** Whether nothing tells the version but its time and size. */
export const isWeak = ({ validator }: Pick<Pointer, 'validator'>): boolean => validator.startsWith('w:');

/** How many sets of blocks from before a pointer remembers. */
const BEFORE = 4;

/** The blocks that a pointer's successor has to remember. */
export const beforeOf = (old: Pointer | undefined, now: string): string[] =>
  old ? [...new Set([...old.before, old.object])].filter((object) => object !== now).slice(-BEFORE) : [];

const named = ({ namespace, url, key, flavour }: Subject): { namespace: string; url: string; key: string } => ({
  namespace,
  url,
  key: `${flavour}\0${key}`,
});

/** The key of what is known of an object. */
export const pointerKey = (subject: Subject): CacheKey => ({
  namespace: subject.namespace,
  object: cachePointer(named(subject)),
  part: 'o',
  sizeBytes: 0,
});

/** The `object` of the keys of a version's blocks. */
export const blocksObject = (subject: Subject, cut: { validator: string; sizeBytes: number; blockBytes: number; salt?: string }): string =>
  cacheObject({ ...named(subject), ...cut });

/** A pointer as a value. Whoever finds it knows the key, which may be a secret and another in a store of another folder. */
export function toEntry(subject: Subject, pointer: Pointer): CacheEntry {
  const json = JSON.stringify({ ...pointer, info: { ...pointer.info, key: '' } });
  const meta = { url: clearUrl(subject.url) + subject.key, json };
  return { ...pointerKey(subject), bytes: new Uint8Array(), meta };
}

/** The URL that a kept pointer is of: see `clearUrl`, which makes others comparable with it. */
export const urlOfEntry = ({ meta }: CacheEntry): string => String(meta?.['url'] ?? '');

/** A value as a pointer; undefined for what is none. */
export function fromEntry(entry: CacheEntry | undefined): Pointer | undefined {
  try {
    const pointer = JSON.parse(String(entry?.meta?.['json'])) as Pointer;
    const { info, validator, blockBytes, object, checkedAt } = pointer;
    const fine = Number.isSafeInteger(info.sizeBytes) && blockBytes > 0 && typeof validator === 'string' && /^[\da-f]{40}$/.test(object);
    if (!fine || typeof checkedAt !== 'number') return undefined;
    const { lastModified } = info as { lastModified?: unknown };
    if (typeof lastModified === 'string') info.lastModified = new Date(lastModified);
    return { ...pointer, before: Array.isArray(pointer.before) ? pointer.before.map(String) : [] };
  } catch {
    return undefined;
  }
}
