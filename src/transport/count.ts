/**
 * A body that is counted against Content-Length: what ends early is an error, never a short result.
 *
 * @module
 */
import { isCloudError, type CloudError } from '../errors.ts';
import type { HttpBody, HttpRequest, HttpResponse } from '../types.ts';
import { sizeOf } from '../util/bytes.ts';
import { requestError } from '../util/request-error.ts';

/** Who is told about the body. */
export interface BodyWatcher {
  /** Somebody began (true) or ceased (false) to wait for bytes. */
  busy(waiting: boolean): void;
  /** Told once: the body was read, given up, or failed. */
  end(bytesReceived: number, error?: unknown): void;
}

/**
 * The body of a response, counted. Reading rejects with Truncated: retryable when bytes are missing, not when there are too many.
 * Where the platform decoded the body the length says nothing; where it may have done so, only what no encoding explains is an error.
 */
export function countBody(request: HttpRequest, response: HttpResponse, watcher: BodyWatcher): HttpBody {
  const { body, status, headers, decoded } = response;
  const text = headers.get('content-length');
  const empty = request.method === 'HEAD' || status === 204 || status === 304;
  const due = !decoded && !empty && text && /^\d+$/.test(text) ? Number(text) : undefined;
  // What an encoding can add to bytes that do not shrink: gzip's header with a name, its trailer, and its stored blocks.
  const slack = decoded === false ? 0 : 300 + due! / 1000;
  let received = 0;
  let over = false;
  const end = (error?: unknown): void => {
    if (over) return;
    over = true;
    watcher.end(received, error);
  };
  const truncated = (what: string, retryable: boolean, cause?: unknown): CloudError =>
    requestError(request, `got ${received} of ${due ?? '?'} bytes${what}`, { code: 'Truncated', retryable, status, cause });
  const take = async <T extends Uint8Array | number | undefined>(next: Promise<T>, last: boolean): Promise<T> => {
    watcher.busy(true);
    try {
      const bytes = await next;
      received += sizeOf(bytes);
      if (due !== undefined && !over) {
        if (received > due && !slack) throw truncated(' and more', false);
        if (received + slack < due && (last || !bytes)) throw truncated('', true);
      }
      if (last || !bytes) end();
      return bytes;
    } catch (thrown) {
      const cut = isCloudError(thrown, 'Network') && thrown.retryable;
      const error = cut ? truncated('', true, thrown) : thrown;
      end(error);
      await body.cancel(error);
      throw error;
    } finally {
      watcher.busy(false);
    }
  };
  if (empty || text === '0') end();
  return {
    read: () => take(body.read(), false),
    readInto: body.readInto && ((into) => take(body.readInto!(into), false)),
    bytes: (sizeHint) => take(body.bytes(sizeHint ?? due), true),
    cancel(reason) {
      end();
      return body.cancel(reason);
    },
  };
}
