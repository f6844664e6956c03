/**
 * The read pipeline that every remote driver shares: range in, one unbroken, counted and verified body out.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import type { Expectation } from '../integrity/expectation.ts';
import { prepareHash } from '../integrity/hasher.ts';
import { twice, verifying } from '../integrity/verify.ts';
import type { AbortOptions, ByteRange, ByteSource, GetResult, HttpBody, HttpHeaders, HttpResponse, ObjectInfo } from '../types.ts';
import { delay } from '../util/abort.ts';
import { sizeOf } from '../util/bytes.ts';
import { collect } from '../util/streams.ts';
import { createGetResult, drain } from './result.ts';
import { watchBody } from './watch-body.ts';

/** A range that was checked: whole numbers, start ≤ end. */
export function checkRange(range: ByteRange | undefined): { start: number; end: number | undefined } | undefined {
  if (!range) return undefined;
  const { start = 0, end } = range;
  const fine = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
  if (!fine(start) || (end !== undefined && (!fine(end) || end < start))) {
    throw new CloudError(`a byte range needs 0 <= start <= end, got ${start} to ${end}`, { code: 'InvalidArgument', operation: 'get' });
  }
  return { start, end };
}

/** The header for a checked, non-empty range. Never a suffix range: browsers would ask for leave first. */
export const rangeHeader = (range: { start: number; end: number | undefined }): string =>
  `bytes=${range.start}-${range.end === undefined ? '' : range.end - 1}`;

/** `bytes 0-4/34` → values; `undefined` when absent, hidden or malformed. */
export function parseContentRange(value: string | null | undefined): { start: number; end: number; total: number | undefined } | undefined {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(value ?? '');
  if (!match) return undefined;
  return { start: Number(match[1]), end: Number(match[2]) + 1, total: match[3] === '*' ? undefined : Number(match[3]) };
}

/** A header that holds a whole number. */
export function intHeader(headers: HttpHeaders, name: string): number | undefined {
  const value = headers.get(name);
  return value && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** What a driver knows when the head of a response to a read is in. */
export interface ReadPlan extends AbortOptions {
  info: Omit<ObjectInfo, 'sizeBytes'>;
  response: HttpResponse;
  /** What was asked for, checked. */
  range: { start: number; end: number | undefined } | undefined;
  /** The checksum of the whole, of which the size is known or not. */
  expected: (sizeBytes: number | undefined) => Expectation | undefined;
  /** Whether the platform may have undone Content-Encoding without telling. */
  mayDecode: boolean;
  /** Open again from this offset, with the same version; must reject with ObjectChanged when it is another. */
  reopen?: ((start: number, end: number) => Promise<HttpBody>) | undefined;
  /** Ask for all of it again, of the same version where that can be said. */
  again: () => Promise<HttpBody>;
  /** Ask for the size, when neither Content-Length nor Content-Range can be seen. */
  findSize?: (() => Promise<number | undefined>) | undefined;
  /** Longest whole body that may stand in for a range. */
  maxFullDownloadBytes: number;
  url: string;
  /** The wait before the n-th try without a byte gained, in ms; `undefined` ends it. */
  backOff: (failures: number) => number | undefined;
}

/** Follow a body; when it dies, go on where it ended. */
function resuming(plan: ReadPlan, start: number, end: number, first: HttpBody = plan.response.body): ByteSource {
  let body = first;
  let offset = start;
  let failures = 0;
  const mend = async (error: unknown): Promise<void> => {
    if (plan.signal?.aborted) throw plan.signal.reason;
    const wait = plan.backOff(++failures);
    if (!isCloudError(error) || !error.retryable || !plan.reopen || wait === undefined) throw error;
    await body.cancel();
    await delay(error.retryAfterMs ?? wait, plan.signal);
    body = await plan.reopen(offset, end);
  };
  const follow = async <T extends Uint8Array | number | undefined>(next: () => Promise<T>, none: T): Promise<T> => {
    for (;;) {
      try {
        const got = await next();
        offset += sizeOf(got);
        if (offset > end) throw tooMany(plan);
        if (got) failures = 0;
        else if (offset < end) throw tooFew(plan, end - offset);
        return got;
      } catch (error) {
        // the connection broke after the last byte: there is no range to ask for
        if (offset === end && isCloudError(error) && error.retryable && !plan.signal?.aborted) return none;
        await mend(error);
      }
    }
  };
  const read = (): Promise<Uint8Array | undefined> => follow(() => body.read(), undefined);
  const readInto = first.readInto && ((into: Uint8Array): Promise<number> => follow(() => body.readInto!(into), 0));
  return {
    read,
    readInto,
    cancel: (reason) => body.cancel(reason),
    async bytes(hint, into) {
      // what is small is cheaper read again than gathered piece by piece
      if (end > start && end - start <= 0x20000 && offset === start) {
        try {
          const bytes = await body.bytes(end - start);
          if (bytes.length > end - start) throw tooMany(plan);
          if (bytes.length < end - start) throw tooFew(plan, end - start - bytes.length);
          return bytes;
        } catch (error) {
          await mend(error);
        }
      }
      return collect(read, hint, into, readInto);
    },
  };
}

const tooFew = (plan: ReadPlan, missing: number): CloudError =>
  new CloudError(`the body of ${plan.info.key} ended ${missing} bytes early`, {
    code: 'Truncated',
    retryable: true,
    operation: 'get',
    key: plan.info.key,
    url: plan.url,
  });

const tooMany = (plan: ReadPlan): CloudError =>
  new CloudError(`the body of ${plan.info.key} is longer than promised`, {
    code: 'Truncated',
    operation: 'get',
    key: plan.info.key,
    url: plan.url,
  });

/** From here on it pays to have the fast kernel of a hash loaded. */
const kernelFromBytes = 0x4000;

/** A body that is checked while it is read, if there is something to check it by. */
async function checked(
  plan: ReadPlan,
  size: number | undefined,
  make: (expected: Expectation | undefined, body: HttpBody) => ByteSource,
): Promise<ByteSource> {
  const expected = plan.expected(size);
  if (expected && (size ?? Infinity) >= kernelFromBytes) await prepareHash(expected.hash);
  const source = make(expected, plan.response.body);
  return expected ? twice(source, async () => make(expected, await plan.again())) : source;
}

/** A body of which only a part is wanted. */
function sliced(source: ByteSource, skip: number, length: number): ByteSource {
  const bytes = async (): Promise<Uint8Array> => (await drain(source)).slice(skip, skip + length);
  let done = false;
  return {
    bytes,
    cancel: (reason) => source.cancel(reason),
    async read() {
      if (done) return undefined;
      done = true;
      const piece = await bytes();
      return piece.length > 0 ? piece : undefined;
    },
  };
}

/**
 * Make the lazy result of a read from the head of its response.
 *
 * Rejects with RangeNotSupported, InvalidResponse, and while reading with Truncated, IntegrityError, ObjectChanged, Timeout, Network.
 */
export async function openResult(plan: ReadPlan): Promise<GetResult> {
  const { response, info, range } = plan;
  const { headers, body } = response;
  const length = intHeader(headers, 'content-length');
  // GCS undoes gzip itself for whoever does not ask for it
  const encoding = headers.get('content-encoding') ?? (plan.mayDecode ? headers.get('x-goog-stored-content-encoding') : null);
  const about = { key: info.key, url: plan.url };
  const fail = async (message: string, code: 'RangeNotSupported' | 'InvalidResponse' | 'NotSupported'): Promise<never> => {
    await body.cancel();
    throw new CloudError(message, { code, operation: 'get', ...about });
  };
  // a runtime that says it did not, and a label that is still on: nobody did
  const mayDecode = plan.mayDecode && !(response.decoded === false && headers.get('content-encoding'));
  const decodes = mayDecode && encoding && encoding !== 'identity';
  let verified = false;
  const onVerified = (): void => {
    verified = true;
  };
  /** All of the object, and all of it counted. */
  const verifiedWhole = (size: number, by = plan): Promise<ByteSource> =>
    checked(plan, size, (expected, from) => {
      const source = resuming(by, 0, size, from);
      return expected ? verifying(source, expected, about, onVerified) : source;
    });
  if (range && decodes) return fail('a range of encoded bytes, which this runtime decodes: capability storedBytes', 'NotSupported');
  if (range && response.status === 206) {
    const got = parseContentRange(headers.get('content-range'));
    if (got && got.start !== range.start)
      return fail(`the server sent bytes from ${got.start}, asked from ${range.start}`, 'InvalidResponse');
    const total = got?.total ?? (await plan.findSize?.());
    const end = got?.end ?? (length === undefined ? (range.end ?? total) : range.start + length);
    if (end === undefined || total === undefined) return fail('the size of the object cannot be seen', 'InvalidResponse');
    if (range.end !== undefined && end > range.end)
      return fail(`the server sent bytes to ${end}, asked to ${range.end}`, 'InvalidResponse');
    const due = Math.min(range.end ?? total, total);
    if (end < due && !plan.reopen) return fail(`the server sent bytes to ${end}, asked to ${due}`, 'InvalidResponse');
    const whole = range.start === 0 && due === total;
    return createGetResult(
      { sizeBytes: total, ...info },
      {
        range: { start: range.start, end: due },
        totalBytes: total,
        source: whole ? await verifiedWhole(total) : resuming(plan, range.start, due),
        verified: () => verified,
      },
    );
  }
  if (range) {
    const whole = length !== undefined && length <= plan.maxFullDownloadBytes;
    if (!whole) return fail('the server ignores Range and would send the whole object', 'RangeNotSupported');
    if (range.start >= length && range.start > 0) {
      await body.cancel();
      throw new CloudError('the range begins past the end', { code: 'RangeNotSatisfiable', operation: 'get', status: 416, ...about });
    }
    const end = Math.min(range.end ?? length, length);
    const unbroken = { ...plan, reopen: undefined };
    const source =
      end - range.start === length
        ? await verifiedWhole(length, unbroken)
        : sliced(resuming(unbroken, 0, length), range.start, end - range.start);
    return createGetResult(
      { sizeBytes: length, ...info },
      { range: { start: range.start, end }, totalBytes: length, source, verified: () => verified },
    );
  }
  if (mayDecode || length === undefined) {
    let watched: ReturnType<typeof watchBody>;
    const source = await checked(plan, length, (expected, from) => {
      watched = watchBody(from, { length, encoding, expected, mayDecode, ...about });
      return watched.source;
    });
    const size = length ?? 0;
    return createGetResult(
      { sizeBytes: size, ...info },
      { range: { start: 0, end: size }, totalBytes: size, source, verified: () => watched.verified(), decoded: () => watched.decoded() },
    );
  }
  return createGetResult(
    { sizeBytes: length, ...info },
    { range: { start: 0, end: length }, totalBytes: length, source: await verifiedWhole(length), verified: () => verified },
  );
}
