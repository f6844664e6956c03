/**
 * A request as it came: the target as sent, since signatures are of that, and what it names.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { S3Error } from './errors.ts';

/** One request. */
export interface S3Request {
  readonly method: string;
  /** As sent, encoded, without a query. */
  readonly path: string;
  /** As sent, without `?`. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  /** Lower-case names; what came several times is joined by commas. Values are bytes, one a character. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for the service itself. */
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  /** The body as it is sent. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Decode as S3 does: a plus is a blank. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new S3Error(400, 'InvalidURI', 'The path is not percent-encoded UTF-8');
  }
}

/** Take in what node:http gives. @throws S3Error `InvalidURI` */
export function readRequest(incoming: IncomingMessage): S3Request {
  // A fragment is no part of a target, and a signature leaves it out: the path would be another than the one that was signed.
  if (incoming.url?.includes('#')) throw new S3Error(400, 'InvalidURI', 'The request target must not contain a fragment');
  const target = (incoming.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '') || '/';
  const [, path = '/', rawQuery = ''] = /^([^?]*)\??(.*)$/s.exec(target) ?? [];
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
    const name = incoming.rawHeaders[i]!.toLowerCase();
    const value = incoming.rawHeaders[i + 1]!;
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  const slash = path.indexOf('/', 1);
  const bucket = decode(slash < 0 ? path.slice(1) : path.slice(1, slash));
  const key = slash < 0 ? '' : decode(path.slice(slash + 1));
  const method = incoming.method ?? 'GET';
  // a body that is given up is read to its end elsewhere: the connection goes on
  const body: AsyncIterable<Uint8Array> = incoming.iterator({ destroyOnReturn: false });
  return { method, path, rawQuery, query: new URLSearchParams(rawQuery), headers, bucket, key, body };
}

/** A small body, whole. @throws S3Error `EntityTooLarge` */
export async function readSmall(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    if ((size += chunk.length) > maxBytes) throw new S3Error(400, 'EntityTooLarge', 'The body is too large for this request');
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}
