/** A store of memory behind a cache of memory, with what is asked of it counted. */
import { anonymous, type Identity } from '../../../../src/auth/identity.ts';
import { clientCacheOf, type ClientCache } from '../../../../src/cache/object/client-cache.ts';
import type { CachePlace } from '../../../../src/cache/object/place.ts';
import { withCache } from '../../../../src/cache/object/with-cache.ts';
import { CloudError, isCloudError, type CloudError as Warning } from '../../../../src/errors.ts';
import { createContext, type StoreContext } from '../../../../src/store/context.ts';
import { createMemoryStore, createMemoryTree } from '../../../../src/store/memory.ts';
import { createGetResult } from '../../../../src/store/result.ts';
import type { CacheOptions, GetOptions, GetResult, ObjectInfo, ObjectStore } from '../../../../src/types.ts';

/** What the store of a {@link rig} does. */
export interface Behaviour {
  /** Each refusal to send an object again tells its time, as S3's do. @default true */
  tells?: boolean;
  /** Changes what is told of an object. */
  tell?: (info: ObjectInfo) => ObjectInfo;
  /** Whole bodies turn out to be wrong at their end. */
  corrupt?: boolean;
  /** The platform undid the encoding. */
  decoded?: boolean;
  /** Conditions cannot be sent. */
  page?: boolean;
  /** Who asks. */
  identity?: Identity;
  /** The same container as another rig's. */
  beside?: Rig;
  provider?: string;
  /** @default a bucket of S3 */
  place?: CachePlace;
}

/** A folder of the web. */
export const webPlace = (folder = ''): CachePlace => ({ provider: 'http', endpoint: 'https://h', bucket: '', root: 'https://h/', folder });

/** One request, as `get 0-10 if-none-match`. */
export type Call = string;

export interface Rig {
  /** What is behind the cache: changes that nobody tells it of. */
  base: ObjectStore;
  store: ObjectStore;
  cache: ClientCache;
  context: StoreContext;
  behaviour: Behaviour;
  warnings: Warning[];
  /** What was asked since the last call of this. */
  calls(): Call[];
  /** Milliseconds since the epoch, moved on by hand. */
  time: { now: number };
}

export const bytesOf = (size: number, seed = 1): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed) % 251);

const nameOf = (method: string, { range, ifMatch, ifNoneMatch }: GetOptions = {}): Call =>
  [method, range && `${range.start ?? 0}-${range.end ?? ''}`, ifMatch && 'if-match', ifNoneMatch && 'if-none-match']
    .filter(Boolean)
    .join(' ');

/** A result as a remote driver gives it: verified when all of it was read. */
function remote(result: GetResult, { corrupt, decoded, tell = (info) => info }: Behaviour): GetResult {
  const { range, totalBytes, verified: _, decoded: __, stream: ___, bytes: ____, text: _____, json: ______, ...info } = result;
  const whole = range.end - range.start === totalBytes;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let verified = false;
  const source = {
    async read() {
      reader ??= result.stream().getReader();
      const { value } = await reader.read();
      if (!value && whole && corrupt) throw new CloudError('wrong bytes', { code: 'IntegrityError' });
      verified ||= !value && whole;
      return value;
    },
    async cancel() {
      await reader?.cancel();
    },
  };
  return createGetResult(tell({ ...info, metadata: info.metadata }), {
    range,
    totalBytes,
    source,
    verified: () => verified,
    decoded: () => decoded === true,
  });
}

/** Make one. */
export function rig(options: CacheOptions = {}, behaviour: Behaviour = {}): Rig {
  const time = behaviour.beside?.time ?? { now: 1_700_000_000_000 };
  const clock = (): number => time.now;
  const base = behaviour.beside?.base ?? createMemoryStore({ bucket: 'b', tree: createMemoryTree(), clock });
  const context = createContext({ endpoint: 'https://s3.example', cache: { container: 'memory', ...options }, clock });
  const cache = behaviour.beside?.cache ?? clientCacheOf(context);
  const log: Call[] = [];
  const warnings: Warning[] = [];
  const counted: ObjectStore = {
    ...base,
    url: behaviour.place?.root ?? base.url,
    async get(key, given) {
      log.push(nameOf('get', given));
      const { tell = (info) => info, tells = true } = behaviour;
      try {
        // what the store is asked by is what it told
        const real = (await base.head(key)) ?? undefined;
        const told = real && tell(real);
        const swap = (validator: string | undefined): string | undefined =>
          validator === undefined ? undefined : validator === told?.etag ? real?.etag : `not ${validator}`;
        const { ifMatch, ifNoneMatch, version: _, expected: __, ...rest } = given ?? {};
        const result = await base.get(key, { ...rest, ifMatch: swap(ifMatch), ifNoneMatch: swap(ifNoneMatch) });
        return result && remote(result, behaviour);
      } catch (error) {
        if (!isCloudError(error, 'NotModified') || !tells) throw error;
        const { etag, lastModified } = (await base.head(key))!;
        throw new CloudError(error.message, { code: 'NotModified', info: { etag, lastModified } });
      }
    },
    async head(key, given) {
      log.push('head');
      const info = await base.head(key, given);
      return info && (behaviour.tell ?? ((same) => same))(info);
    },
    list(given) {
      log.push('list');
      return base.list(given);
    },
  };
  const place: CachePlace = behaviour.place ?? {
    provider: behaviour.provider ?? 's3',
    endpoint: 'https://s3.example',
    bucket: 'b',
    root: 's3://b/',
    folder: '',
  };
  const store = withCache(counted, {
    cache,
    place,
    identity: () => behaviour.identity ?? anonymous,
    page: behaviour.page ?? false,
    clock,
    onWarning: (warning) => void warnings.push(warning),
  });
  return { base, store, cache, context, behaviour, warnings, time, calls: () => log.splice(0) };
}

/** All of an object. */
export const whole = async (store: ObjectStore, key: string, options?: GetOptions): Promise<Uint8Array | null> =>
  (await (await store.get(key, options))?.bytes()) ?? null;

/** A part of it. */
export const part = (store: ObjectStore, key: string, start: number, end: number, options?: GetOptions): Promise<Uint8Array | null> =>
  whole(store, key, { ...options, range: { start, end } });
