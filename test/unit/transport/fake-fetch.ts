// A `fetch` that answers as told, under the port that is tested.
import { createFetchPort, type FetchPortOptions } from '../../../src/platform/fetch-port.ts';
import type { HttpRequest } from '../../../src/types.ts';
import { bytesOf } from './fake.ts';

export const url = 'https://h.example/b/k?X-Amz-Signature=SECRET';
export const get: HttpRequest = { method: 'GET', url, headers: { range: 'bytes=0-1' } };

export type Call = RequestInit & { url: string; duplex?: string };

/** A port over a fetch that answers as told and remembers how it was called. */
export function over(
  answer: (call: Call) => Response | Promise<Response>,
  options: FetchPortOptions = {},
): { send: ReturnType<typeof createFetchPort>['send']; close: () => Promise<void>; calls: Call[] } {
  const calls: Call[] = [];
  const fake = async (input: string, init: RequestInit = {}): Promise<Response> => {
    const call = { ...init, url: input };
    calls.push(call);
    if (init.signal?.aborted) throw init.signal.reason;
    return answer(call);
  };
  return { ...createFetchPort(fake as unknown as typeof fetch, options), calls };
}

/** A body of these chunks, which then ends, fails, or stays open. */
export function streamOf(
  chunks: string[],
  then: 'end' | 'stall' | Error = 'end',
): ReadableStream<Uint8Array<ArrayBuffer>> & { cancelled?: boolean } {
  const left = [...chunks];
  const stream: ReadableStream<Uint8Array<ArrayBuffer>> & { cancelled?: boolean } = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        const chunk = left.shift();
        if (chunk !== undefined) controller.enqueue(bytesOf(chunk));
        else if (then === 'end') controller.close();
        else if (then === 'stall') return new Promise(() => {});
        else controller.error(then);
        return undefined;
      },
      cancel: () => void (stream.cancelled = true),
    },
    { highWaterMark: 0 },
  );
  return stream;
}

export const never = (): Promise<never> => new Promise(() => {});

/** A request that sends this. */
export const putOf = (body: HttpRequest['body']): HttpRequest => ({ method: 'PUT', url, headers: {}, body });
