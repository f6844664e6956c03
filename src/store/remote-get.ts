/**
 * Reading over HTTP, the same for S3, GCS and the web: one GET, its version pinned, its body resumed, counted and verified.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import type { Expectation } from '../integrity/expectation.ts';
import type { AbortOptions, GetOptions, GetResult, HttpBody, HttpHeaders, HttpResponse, ObjectInfo } from '../types.ts';
import { checkKey } from '../url/key.ts';
import { pinned } from './expected.ts';
import { infoFromHeaders, type ExpectationInit } from './headers.ts';
import { checkRange, openResult, parseContentRange } from './read.ts';
import { createGetResult } from './result.ts';
import { shownKey } from './shown-key.ts';
import type { Wire } from './wire.ts';

/** What a look at an object is told. */
export type HeadOptions = AbortOptions & { version?: string | undefined };

/** What a driver shapes for one GET. */
export interface OpenRequest {
  key: string;
  options: GetOptions;
  range: { start: number; end: number | undefined } | undefined;
  /** The version that was read so far, when a body is taken up again. */
  pin: Omit<ObjectInfo, 'sizeBytes'> | undefined;
}

/** The part of a driver that reads. */
export interface ReadDriver {
  readonly url: string;
  readonly wire: Wire;
  /** `x-amz-meta-`, `x-goog-meta-`. */
  readonly metaPrefixes: readonly string[];
  /** Whether conditions must be compared here, since the driver could not send them. */
  readonly compares: boolean;
  open(request: OpenRequest): Promise<{ response: HttpResponse; stored: boolean }>;
  head(key: string, options: HeadOptions): Promise<ObjectInfo | null>;
  expected(headers: HttpHeaders, about: Omit<ExpectationInit, 'etagIsMd5'>): Expectation | undefined;
  isMissing(error: unknown): boolean;
}

const refusal = (code: 'PreconditionFailed' | 'NotModified' | 'ObjectChanged', key: string, cause?: unknown): CloudError =>
  new CloudError(code === 'NotModified' ? `${key} is not modified` : `${key} is another version`, { code, operation: 'get', key, cause });

/**
 * A page sends no conditions (each would cost a preflight), and servers are known that ignore them: what came is compared here too.
 */
function compare(headers: HttpHeaders, { key: asked, options, pin }: OpenRequest, { url, compares, metaPrefixes }: ReadDriver): void {
  const key = shownKey(url, asked);
  const sent = !compares;
  const { ifMatch, ifNoneMatch } = options;
  // where the condition was sent a hidden validator is the server's word; else it cannot be shown to match
  const now = (validator: string): string | undefined =>
    headers.get(/^\d+$/.test(validator) ? 'x-goog-generation' : 'etag') ?? (sent ? validator : undefined);
  if (pin?.etag && now(pin.etag) !== pin.etag) throw refusal('ObjectChanged', key);
  if (ifMatch && now(ifMatch) !== ifMatch) throw refusal('PreconditionFailed', key);
  if (ifNoneMatch && headers.get(/^\d+$/.test(ifNoneMatch) ? 'x-goog-generation' : 'etag') === ifNoneMatch)
    throw Object.assign(refusal('NotModified', key), { info: infoFromHeaders(key, headers, ...metaPrefixes) });
}

/** `ObjectStore.get` over a {@link ReadDriver}. */
export async function getRemote(driver: ReadDriver, key: string, given: GetOptions = {}): Promise<GetResult | null> {
  const options = pinned(given);
  const shown = shownKey(driver.url, key);
  checkKey(key, { http: true });
  const { wire } = driver;
  const range = checkRange(options.range);
  const { partSizeBytes = 1 } = options;
  if (!(Number.isSafeInteger(partSizeBytes) && partSizeBytes > 0))
    throw new CloudError('partSizeBytes is a whole number above 0', { code: 'InvalidArgument', operation: 'get', key: shown });
  if (range && range.end === range.start) return emptyRange(driver, key, range.start, options);
  const open = async (request: OpenRequest): Promise<{ response: HttpResponse; stored: boolean }> => {
    const opened = await driver.open(request);
    try {
      compare(opened.response.headers, request, driver);
    } catch (error) {
      await opened.response.body.cancel();
      throw error;
    }
    return opened;
  };
  try {
    const { response, stored } = await open({ key, options, range, pin: undefined });
    const info = infoFromHeaders(shown, response.headers, ...driver.metaPrefixes);
    // a weak ETag does not promise equal bytes
    const strong = info.etag && !info.etag.startsWith('W/');
    const pin = strong || info.generation ? info : undefined;
    const openAgain = async (range: OpenRequest['range']): Promise<HttpBody> => {
      try {
        const { response } = await open({ key, options: { ...options, ifNoneMatch: undefined }, range, pin });
        const { status, headers, body } = response;
        const start = range?.start ?? 0;
        const from = status === 206 ? (parseContentRange(headers.get('content-range'))?.start ?? start) : 0;
        if (from === start) return body;
        // bytes from elsewhere would go on where the last body ended, and of a range nothing else tells
        await body.cancel();
        const message = `the server sent ${shown} from ${from}, asked again from ${start}`;
        throw new CloudError(message, { code: 'InvalidResponse', operation: 'get', key: shown, url: driver.url });
      } catch (error) {
        if (isCloudError(error, 'PreconditionFailed') || driver.isMissing(error)) throw refusal('ObjectChanged', shown, error);
        if (isCloudError(error, 'RangeNotSatisfiable'))
          throw new CloudError(`${shown} is shorter than promised`, { code: 'Truncated', operation: 'get', key: shown, cause: error });
        throw error;
      }
    };
    return await openResult({
      info,
      response,
      range,
      expected: (sizeBytes) =>
        options.verify === false ? undefined : driver.expected(response.headers, { sizeBytes, partSizeBytes: options.partSizeBytes }),
      mayDecode: !stored,
      reopen: pin && ((start, end) => openAgain({ start, end })),
      again: () => openAgain(range),
      findSize: async () => (await driver.head(key, options))?.sizeBytes,
      maxFullDownloadBytes: wire.context.options.limits?.maxFullDownloadBytes ?? 0x100000,
      url: driver.url,
      backOff: wire.backOff,
      signal: options.signal,
    });
  } catch (error) {
    if (driver.isMissing(error)) return null;
    throw error;
  }
}

/** HTTP has no header for no bytes: ask whether the object is there. */
async function emptyRange(driver: ReadDriver, key: string, start: number, options: GetOptions): Promise<GetResult | null> {
  const info = await driver.head(key, options);
  if (!info) return null;
  if (start > info.sizeBytes) {
    const shown = shownKey(driver.url, key);
    throw new CloudError('the range begins past the end', { code: 'RangeNotSatisfiable', operation: 'get', key: shown });
  }
  const source = { read: async (): Promise<undefined> => undefined, cancel: async (): Promise<void> => {} };
  return createGetResult(info, { range: { start, end: start }, totalBytes: info.sizeBytes, source });
}
