/**
 * What a page's request for an object becomes: which bytes are asked for, and what the page is told of them.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { parseContentRange, parseRange, type AskedRange } from './range.ts';
import { refuse, respond, statusError } from './responses.ts';
import { discard, versionOf, type Upstream } from './upstream.ts';
import { windowed } from './windows.ts';

/** 416 with the size of the object, by which players find its end. */
async function unsatisfiable(upstream: Upstream, signal: AbortSignal): Promise<Response> {
  const { sizeBytes } = await upstream.facts(signal);
  return refuse(statusError(416), false, { 'content-range': `bytes */${sizeBytes ?? '*'}` });
}

/** `bytes=-n` as first and last byte: a suffix is no range that CORS lets through without a preflight. */
function lastBytes(last: number, sizeBytes: number | undefined): { from: number; to: number } | undefined {
  if (sizeBytes === undefined) throw new CloudError('the server does not tell the size', { code: 'RangeNotSupported', status: 502 });
  return last && sizeBytes ? { from: Math.max(0, sizeBytes - last), to: sizeBytes - 1 } : undefined;
}

/**
 * One range.
 *
 * @param mostBytes what is answered at most: whoever wants more asks again
 */
async function answerRange(upstream: Upstream, asked: AskedRange, mostBytes: number, signal: AbortSignal): Promise<Response> {
  let expected: string | undefined;
  // What was learnt of an earlier version shows in the answer: then once more, with what is learnt of this one.
  for (let attempt = 1; attempt <= 2; attempt++) {
    const told = 'last' in asked ? await upstream.facts(signal, expected) : undefined;
    const range = 'last' in asked ? lastBytes(asked.last, told?.sizeBytes) : asked;
    if (!range) return unsatisfiable(upstream, signal);
    const { from } = range;
    const to = Math.min(range.to ?? Infinity, from + mostBytes - 1);
    const response = await upstream.send('GET', `bytes=${from}-${to < Infinity ? to : ''}`, signal);
    if (response.status === 200) return respond(response.body, response, 200);
    if (response.status === 416) {
      discard(response);
      upstream.forget();
      if (told && attempt === 1) continue;
      return unsatisfiable(upstream, signal);
    }
    const version = versionOf(response);
    // Buckets seldom show Content-Range, and without it no player goes on: then a HEAD tells the size.
    const shown = parseContentRange(response.headers.get('content-range'));
    const facts = shown ? { version, sizeBytes: shown.sizeBytes } : await upstream.facts(signal, version);
    if (facts.version === version && (told ?? facts).version === version) {
      const lengthBytes = Number(response.headers.get('content-length') ?? NaN);
      const end = shown?.to ?? (lengthBytes ? from + lengthBytes - 1 : Math.min(to, (facts.sizeBytes ?? Infinity) - 1));
      if (end < Infinity) {
        const contentRange = `bytes ${from}-${end}/${facts.sizeBytes ?? '*'}`;
        return respond(response.body, response, 206, {
          'accept-ranges': 'bytes',
          'content-length': String(end - from + 1),
          'content-range': contentRange,
        });
      }
    }
    discard(response);
    expected = version;
  }
  throw new CloudError('the object became another version while it was read, or the server does not tell its size', {
    code: 'ObjectChanged',
    status: 502,
  });
}

/** Media without a range, as WebKit asks first: everything, from windows that are fetched when they are wanted. */
async function answerInWindows(upstream: Upstream, windowBytes: number, signal: AbortSignal): Promise<Response> {
  const first = await upstream.send('GET', `bytes=0-${windowBytes - 1}`, signal);
  if (first.status === 200) return respond(first.body, first, 200);
  if (first.status === 416) {
    // what is empty has no range
    discard(first);
    return answerWhole(upstream, signal);
  }
  const version = versionOf(first);
  const shown = parseContentRange(first.headers.get('content-range'));
  const { sizeBytes, version: now } = shown ? { version, ...shown } : await upstream.facts(signal, version);
  if (sizeBytes === undefined || now !== version) {
    discard(first);
    return answerWhole(upstream, signal);
  }
  const headers = { 'accept-ranges': 'bytes', 'content-length': String(sizeBytes) };
  return respond(windowed(upstream, first, { version, sizeBytes, windowBytes, signal }), first, 200, headers);
}

async function answerWhole(upstream: Upstream, signal: AbortSignal): Promise<Response> {
  const response = await upstream.send('GET', undefined, signal);
  return respond(response.body, response, 200);
}

/** What is answered, and how much of it at a time. */
export interface AnswerOptions {
  /** Most bytes of an answer to a media element. */
  readonly mediaWindowBytes: number;
  /** Aborted with the page's request. */
  readonly signal: AbortSignal;
}

/**
 * Answers one GET or HEAD.
 *
 * @returns rejects with a CloudError with the `status` to answer with, or with what the signal was aborted with
 */
export async function answer(upstream: Upstream, request: Request, { mediaWindowBytes, signal }: AnswerOptions): Promise<Response> {
  if (request.method === 'HEAD') {
    const response = await upstream.send('HEAD', undefined, signal);
    const length = response.headers.get('content-length');
    return respond(null, response, 200, length === null ? {} : { 'content-length': length });
  }
  const isMedia = request.destination === 'video' || request.destination === 'audio';
  const asked = parseRange(request.headers.get('range'));
  // A body that is passed through knows no back-pressure: a player that asks for everything would be sent the file twice.
  if (asked) return answerRange(upstream, asked, isMedia ? mediaWindowBytes : Infinity, signal);
  return isMedia ? answerInWindows(upstream, mediaWindowBytes, signal) : answerWhole(upstream, signal);
}
