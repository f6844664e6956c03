/**
 * The packages of the engines, loaded when a queue is first opened.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';

/** The versions that were tried; both engines change often. */
const VERSIONS = { 'pg-boss': '12.35.0', bullmq: '6.7.0', ioredis: '6.0.0' } as const;

/** The version of Node, or of the Node that another runtime says it is; `undefined` in browsers. */
const nodeVersion = (): string | undefined => (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node;

/**
 * The names of a package.
 *
 * @throws CloudError `NotSupported` it is not installed, or does not run here
 */
export async function loadPackage<T>(name: keyof typeof VERSIONS): Promise<T> {
  if (nodeVersion() === undefined) throw new CloudError('queues need Node, Bun or Deno', { code: 'NotSupported' });
  try {
    // by a variable, so that bundlers of pages do not ask for what is optional
    const specifier: string = name;
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ specifier)) as T;
  } catch (error) {
    const missing = /Cannot find (package|module)|ERR_MODULE_NOT_FOUND|not found/i.test(String(error));
    const hint = `npm install ${name}@${VERSIONS[name]}`;
    const message = missing ? `this queue needs the package ${name}: ${hint}` : `the package ${name} does not load here; tried is ${hint}`;
    throw new CloudError(message, { code: 'NotSupported', cause: error });
  }
}

/** @throws CloudError `NotSupported` Node is older than 22.12 */
export function checkNode(version: string | undefined = nodeVersion()): void {
  const [major = 0, minor = 0] = (version ?? '0').split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return;
  const here = version === undefined ? 'this is none' : `this is ${version}`;
  throw new CloudError(`a queue in PostgreSQL (pg-boss) needs Node 22.12 or later; ${here}`, { code: 'NotSupported' });
}
