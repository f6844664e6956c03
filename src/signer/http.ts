/**
 * The signer's own HTTP: a bounded body, JSON that nobody keeps, and CORS.
 *
 * @module
 */
import { concat } from '../util/bytes.ts';
import { chunksOf } from '../util/streams.ts';

/** Which pages of other origins may ask. */
export interface CorsOptions {
  /**
   * Origins as browsers write them, `https://app.example`; `'*'` for all, without cookies. @default none: pages of the signer's own origin
   */
  origins?: readonly string[] | '*' | undefined;
  /** Let pages of the named origins send cookies. @default false */
  allowCookies?: boolean | undefined;
  /** Headers that pages may send, besides Content-Type and Authorization. @default [] */
  allowHeaders?: readonly string[] | undefined;
}

/** The CORS headers of an answer: none for an origin that may not ask. */
export function corsHeaders(request: Request, options: CorsOptions): Record<string, string> {
  const { origins = [], allowCookies = false, allowHeaders = [] } = options;
  const origin = request.headers.get('origin');
  if (origin === null || (origins !== '*' && !origins.includes(origin))) return { vary: 'origin' };
  return {
    vary: 'origin',
    'access-control-allow-origin': origins === '*' ? '*' : origin,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': ['content-type', 'authorization', ...allowHeaders].join(', '),
    'access-control-max-age': '7200',
    ...(allowCookies && origins !== '*' && { 'access-control-allow-credentials': 'true' }),
  };
}

/** The JSON of a request, undefined when it is none; or that it is longer than `maxBytes`, of which no more is read. */
export async function readJson(request: Request, maxBytes: number): Promise<{ isLarge: true } | { isLarge: false; value: unknown }> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return { isLarge: true };
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    // Firefox's requests do not show their body.
    if (!request.body) chunks.push(new Uint8Array(await request.arrayBuffer()));
    else {
      for await (const chunk of chunksOf(request.body)) {
        sizeBytes += chunk.length;
        if (sizeBytes > maxBytes) return { isLarge: true };
        chunks.push(chunk);
      }
    }
    if (chunks[0] && chunks[0].length > maxBytes) return { isLarge: true };
    return { isLarge: false, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(concat(chunks))) };
  } catch {
    return { isLarge: false, value: undefined };
  }
}

/** JSON that no cache keeps. */
export function sendJson(value: unknown, status: number, headers: Record<string, string>): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { ...headers, 'content-type': 'application/json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  });
}
