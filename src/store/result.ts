/**
 * The lazy result of a read: one body, taken once.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { ByteSource, GetResult, ObjectInfo } from '../types.ts';
import { asyncDispose } from '../util/dispose.ts';
import { collect, readableFrom } from '../util/streams.ts';

/** What {@link createGetResult} needs besides the object's info. */
export interface ResultInit {
  range: { start: number; end: number };
  totalBytes: number;
  source: ByteSource;
  /** Asked whenever the user asks. @default () => false */
  verified?: (() => boolean) | undefined;
  /** @default () => false */
  decoded?: (() => boolean) | undefined;
}

/** Read what is left of a source into one array. @param into see {@link GetResult.bytes} */
export async function drain(source: ByteSource, sizeHint = 0, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (source.bytes) return (await source.bytes(sizeHint, into)) as Uint8Array<ArrayBuffer>;
  return collect(() => source.read(), sizeHint, into);
}

/** What changes while a result is read, in a class: an object of its own with accessors costs V8 a hidden class each. */
class Opened {
  readonly #init: ResultInit;

  constructor(init: ResultInit) {
    this.#init = init;
  }

  get verified(): boolean {
    return this.#init.verified?.() ?? false;
  }

  get decoded(): boolean {
    return this.#init.decoded?.() ?? false;
  }
}

/** Build the result that a driver's `get` hands out. */
export function createGetResult(info: ObjectInfo, init: ResultInit): GetResult {
  const { range, totalBytes, source } = init;
  let taken = false;
  const take = (): ByteSource => {
    if (taken) throw new CloudError('this body was read already', { code: 'InvalidArgument', key: info.key, operation: 'get' });
    taken = true;
    return source;
  };
  const bytes: GetResult['bytes'] = async (into) => drain(take(), range.end - range.start, into);
  const text = async (): Promise<string> => new TextDecoder().decode(await bytes());
  return Object.assign(new Opened(init), info, {
    range,
    totalBytes,
    stream: () => readableFrom(take()),
    bytes,
    text,
    json: async () => JSON.parse(await text()) as unknown,
    [asyncDispose]: async () => {
      taken = true;
      await source.cancel();
    },
  });
}
