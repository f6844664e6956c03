/**
 * Options of a cache: checked, completed from the environment and by what the runtime has.
 *
 * @module
 */
import { runtime } from '#platform';
import { CloudError } from '../../errors.ts';
import type { RuntimeName } from '../../platform/types.ts';
import type { CacheMode, CacheOptions, Freshness } from '../../types.ts';
import type { ContainerChoice } from '../container/choose-container.ts';
import { maxValueBytes } from '../container/container.ts';
import { InvalidConfigurationError } from './errors.ts';

/** What a client's cache does: {@link CacheOptions} with everything said. */
export interface CachePolicy {
  readonly mode: CacheMode;
  /** Where values are: memory in all modes but `persistent`. */
  readonly container: ContainerChoice;
  /** The folder for values and copies, where one was given. */
  readonly dir: string | undefined;
  readonly maxBytes: number | undefined;
  readonly memoryBytes: number | undefined;
  readonly freshness: Freshness;
  readonly blockBytes: number;
  readonly gapBytes: number;
  readonly maxRequestBytes: number;
  readonly identity: string | undefined;
  readonly onChange: 'error' | 'restart';
  readonly encrypt: boolean;
  readonly forceOverwriteFromCloud: boolean;
  readonly forceOverwriteToCloud: boolean;
}

type Variables = (name: string) => string | undefined;

const modes: readonly CacheMode[] = ['persistent', 'tmp_dir', 'cloudpath_object', 'close_file', 'off'];
const containers: readonly ContainerChoice[] = ['auto', 'disk', 'indexeddb', 'opfs', 'memory'];

/** What cloudpathlib takes for yes; everything else is no. */
const isYes = (text: string | undefined): boolean => /^(1|true)$/i.test(text ?? '');

function oneOf<T extends string>(name: string, value: T | undefined, among: readonly T[]): T | undefined {
  if (value !== undefined && !among.includes(value))
    throw new InvalidConfigurationError(`${name} is one of ${among.join(', ')}; got ${JSON.stringify(value)}`);
  return value;
}

function count(name: string, value: number | undefined, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= least && value <= most))
    throw new InvalidConfigurationError(`cache.${name} is a whole number of bytes from ${least} to ${most}, not ${value}`);
  return value;
}

function freshnessOf(given: Freshness | undefined): Freshness {
  if (given === undefined) return 'revalidate';
  if (typeof given === 'object' && given !== null) {
    if (typeof given.ttlMs === 'number' && given.ttlMs >= 0) return { ttlMs: given.ttlMs };
    throw new InvalidConfigurationError(`cache.freshness.ttlMs is a number of milliseconds from 0, not ${given.ttlMs}`);
  }
  return oneOf<'revalidate' | 'immutable' | 'offline'>('cache.freshness', given, ['revalidate', 'immutable', 'offline'])!;
}

/**
 * Complete the options of a cache.
 *
 * @param env a variable of the environment; empty ones are absent
 * @throws InvalidConfigurationError an option or variable that is no such thing, or `persistent` where nothing can last
 * @throws CloudError `NotSupported`: encryption where there are no browser's keys
 */
export function cachePolicy(options: CacheOptions = {}, env: Variables = () => undefined, where: RuntimeName = runtime()): CachePolicy {
  const browser = where === 'browser';
  const dir = options.dir || env('CLOUDPATHLIB_LOCAL_CACHE_DIR') || undefined;
  const container = oneOf('cache.container', options.container, containers) ?? 'auto';
  const lasts = container !== 'memory' && (browser || dir !== undefined);
  const told = env('CLOUDPATHLIB_FILE_CACHE_MODE')?.toLowerCase() as CacheMode | undefined;
  const mode =
    oneOf('cache.mode', options.mode, modes) ??
    oneOf('CLOUDPATHLIB_FILE_CACHE_MODE', told || undefined, modes) ??
    (lasts ? 'persistent' : 'tmp_dir');
  if (mode === 'persistent' && !lasts && container !== 'memory')
    throw new InvalidConfigurationError('a persistent cache needs a folder here: cache.dir or CLOUDPATHLIB_LOCAL_CACHE_DIR');
  const encrypt = options.encrypt === true;
  if (encrypt && !browser)
    throw new CloudError('only browsers keep keys that nobody can read out: cache.encrypt', { code: 'NotSupported', operation: 'cache' });
  if (options.identity !== undefined && (typeof options.identity !== 'string' || options.identity === ''))
    throw new InvalidConfigurationError('cache.identity is a text that is not empty');
  const blockBytes = count('blockBytes', options.blockBytes, 0x1000, maxValueBytes) ?? 0x10000;
  if ((blockBytes & (blockBytes - 1)) !== 0) throw new InvalidConfigurationError(`cache.blockBytes is a power of two, not ${blockBytes}`);
  return {
    mode,
    container: mode === 'persistent' ? container : 'memory',
    dir,
    maxBytes: count('maxBytes', options.maxBytes, 1),
    memoryBytes: count('memoryBytes', options.memoryBytes, 0),
    freshness: freshnessOf(options.freshness),
    blockBytes,
    gapBytes: count('gapBytes', options.gapBytes, 0) ?? 0x10000,
    maxRequestBytes: count('maxRequestBytes', options.maxRequestBytes, 1) ?? maxValueBytes,
    identity: options.identity,
    onChange: oneOf('cache.onChange', options.onChange, ['error', 'restart']) ?? 'error',
    encrypt,
    forceOverwriteFromCloud: options.forceOverwriteFromCloud ?? isYes(env('CLOUDPATHLIB_FORCE_OVERWRITE_FROM_CLOUD')),
    forceOverwriteToCloud: options.forceOverwriteToCloud ?? isYes(env('CLOUDPATHLIB_FORCE_OVERWRITE_TO_CLOUD')),
  };
}
