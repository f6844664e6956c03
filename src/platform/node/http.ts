/**
 * The HTTP port of Node, Bun and Deno. Node goes straight to undici's dispatcher: its own `fetch` costs three times what HTTP costs,
 * undoes Content-Encoding and gives a connection up with every HEAD. Bun and Deno have a fast `fetch` of their own.
 *
 * @module
 */
// oxlint-disable-next-line typescript/triple-slash-reference -- undici has no types for the one module that is loaded
/// <reference path="./undici-agent.d.ts" />
import type { Agent, Dispatcher } from 'undici';
import { CloudError } from '../../errors.ts';
import type { HttpPort } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { createFetchPort } from '../fetch-port.ts';
import { streamed } from '../outgoing.ts';
import type { HttpPortHandle } from '../types.ts';
import { Exchange } from './http-exchange.ts';
import { onread } from './socket-room.ts';

const agentOptions: Agent.Options = {
  pipelining: 1,
  allowH2: false,
  keepAliveTimeout: 15_000,
  keepAliveMaxTimeout: 60_000,
  maxHeaderSize: 0x10000,
  // The exchange has timers of its own: undici's are exact to a second and stand still while a body is not read.
  headersTimeout: 0,
  bodyTimeout: 0,
  connect: { timeout: 30_000, onread },
};

/** Whether bodies arrive as stored whatever Content-Encoding says: in each of the three they do. */
export function storedBytes(): boolean {
  return true;
}

/**
 * The runtime's own transport. Loads nothing and opens nothing before the first request.
 *
 * @example const { send, close } = createHttpPort();
 */
export function createHttpPort(): HttpPortHandle {
  const bare: typeof fetch = (...args) => fetch(...args);
  if ('Bun' in globalThis) return createFetchPort(bare, { outgoing: streamed, storedBytes: true, init: { decompress: false } });
  // Deno's fetch decodes only what it asked for by itself.
  if ('Deno' in globalThis) return createFetchPort(bare, { storedBytes: true, headers: { 'accept-encoding': 'identity' } });
  return createNodePort();
}

function createNodePort(): HttpPortHandle {
  let agent: Dispatcher | undefined;
  let loading: Promise<Dispatcher> | undefined;
  let closed = false;
  const dispatch = (request: Parameters<HttpPort>[0], options: Parameters<HttpPort>[1] = {}): ReturnType<HttpPort> =>
    new Promise((resolve, reject) => {
      throwIfAborted(options.signal);
      if (closed) throw new CloudError('the client is closed', { code: 'Network', url: request.url });
      const exchange = new Exchange(request, options, { resolve, reject });
      agent!.dispatch(exchange.options(), exchange);
    });
  return {
    send(request, options) {
      if (agent) return dispatch(request, options);
      loading ??= openAgent().then((made) => (agent = made));
      return loading.then(() => dispatch(request, options));
    },
    async close() {
      closed = true;
      await (await loading)?.destroy();
    },
  };
}

/**
 * Only the agent: the whole package takes three times as long to load, and puts an agent of its own under the program's `fetch`.
 */
async function openAgent(): Promise<Dispatcher> {
  const { default: Agent } = await import('undici/lib/dispatcher/agent.js');
  return new Agent(agentOptions);
}
