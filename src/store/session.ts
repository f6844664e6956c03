/**
 * Which client's state a call uses: the one it names, one of its own when it brings options, else the default one.
 *
 * @module
 */
import { createContext, type StoreContext } from './context.ts';
import type { ClientOptions } from './options.ts';

/** Options of everything that can be told a client, or a client's options. */
export interface SessionOptions extends ClientOptions {
  client?: { readonly context: StoreContext } | undefined;
}

const clientOptions: readonly (keyof ClientOptions)[] = [
  'credentials',
  'endpoint',
  'region',
  'forcePathStyle',
  'concurrency',
  'retry',
  'timeouts',
  'fetch',
  'clock',
  'cache',
  'aliases',
  'requestPayer',
  'noSignRequest',
  'useHttps',
  'onRequest',
  'onWarning',
  'limits',
  'profile',
  'readOnly',
];

let standard: StoreContext | undefined;

/** The state of the default client, made on first use. */
export const defaultContext = (): StoreContext => (standard ??= createContext({}));

/** Whether these options are a client's, so that the default client is not used. */
export const bringsClient = (options: SessionOptions): boolean =>
  options.client !== undefined || clientOptions.some((name) => options[name] !== undefined);

/** The state that a call uses, and whether it was made for this call alone: then it is nobody else's, and to be closed with what was opened. */
export function sessionOf(options: SessionOptions): { context: StoreContext; isOurs: boolean } {
  const context = contextOf(options);
  return { context, isOurs: !options.client && context !== defaultContext() };
}

/** The state that a call uses. */
export function contextOf(options: SessionOptions): StoreContext {
  if (options.client) return options.client.context;
  return bringsClient(options) ? createContext(options) : defaultContext();
}
