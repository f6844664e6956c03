/** The chain over a fake port, for the transport's tests. @module */
import { equal } from '../../harness.ts';
import type { CloudError } from '../../../src/errors.ts';
import type { HttpRequest, HttpResponse } from '../../../src/types.ts';
import { createTransport, type RequestOptions, type Transport, type TransportInit } from '../../../src/transport/compose.ts';
import { createLimiter, type Limiter } from '../../../src/transport/limit.ts';
import { createObserver, type RequestEvent } from '../../../src/transport/observe.ts';
import { statusError } from '../../../src/transport/refused.ts';
import { createSkewTable } from '../../../src/transport/skew.ts';
import { fakePort, fakeTime, textOf, type Answer, type Arrival, type FakePort, type FakeTime } from './fake.ts';

export const url: string = 'https://h.example/b/k?X-Amz-Signature=SECRET';
export const get: HttpRequest = { method: 'GET', url, headers: {} };
export const put = (body: HttpRequest['body']): HttpRequest => ({ method: 'PUT', url, headers: {}, body });

/** A transport, and what happened to it. */
export interface Rig extends FakePort {
  send: Transport;
  time: FakeTime;
  limiter: Limiter;
  events: RequestEvent[];
  stats: ReturnType<typeof createObserver>['stats'];
}

/** A whole chain over a fake port: no wait is real, no number random. */
export function rig(answer: (arrival: Arrival, n: number) => Answer | Promise<Answer>, init: Partial<TransportInit> = {}): Rig {
  const fake = fakePort(answer);
  const time = fakeTime();
  const limiter = init.limiter ?? createLimiter({ concurrency: 4 });
  const events: RequestEvent[] = [];
  const { observe, stats } = createObserver((event) => events.push(event));
  const toError = (request: HttpRequest, response: HttpResponse): CloudError => statusError(request, response, time.clock());
  const { clock, sleep } = time;
  const send = createTransport({
    port: fake.port,
    toError,
    skew: createSkewTable(),
    clock,
    sleep,
    random: () => 0.5,
    observe,
    ...init,
    limiter,
  });
  return { ...fake, send, time, limiter, events, stats };
}

export const about: RequestOptions = { operation: 'get', key: 'k' };
export const free = ({ limiter, open }: Rig): void =>
  equal([limiter.slots('https://h.example').used, open()], [0, 0], 'slots and bodies in use');
export const read = async (response: HttpResponse): Promise<string> => textOf(await response.body.bytes());
