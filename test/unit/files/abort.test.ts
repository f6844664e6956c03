/** Ending every method of CloudFiles, before and in the middle. */
import type { CloudFiles, PutItem } from '../../../src/index.ts';
import { equal, ok, rejects } from '../../harness.ts';
import { all, everywhere } from '../../parity/cloudfiles-places.ts';

/** Every method that waits. */
const calls: [name: string, call: (cf: CloudFiles, url: string, signal: AbortSignal) => Promise<unknown>][] = [
  ['get one', (cf, _, signal) => cf.get('a', { signal })],
  ['get range', (cf, _, signal) => cf.get({ path: 'a', start: 1, end: 2 }, { signal })],
  ['get many', (cf, _, signal) => cf.get(['a', 'b'], { signal })],
  ['get many, raiseErrors false', (cf, _, signal) => cf.get(['a', 'b'], { signal, raiseErrors: false })],
  ['getStream', (cf, _, signal) => all(cf.getStream(['a', 'b'], { signal }))],
  ['getJson', (cf, _, signal) => cf.getJson('j', { signal })],
  ['getJson many', (cf, _, signal) => cf.getJson(['j'], { signal })],
  ['put', (cf, _, signal) => cf.put('new', 'x', { signal })],
  ['put packed', (cf, _, signal) => cf.put('new', 'x', { signal, compress: 'gzip' })],
  ['puts', (cf, _, signal) => cf.puts([['new', 'x']], { signal })],
  ['putJson', (cf, _, signal) => cf.putJson('new', 1, { signal })],
  ['putJsons', (cf, _, signal) => cf.putJsons([['new', 1]], { signal })],
  ['exists', (cf, _, signal) => cf.exists('a', { signal })],
  ['exists many', (cf, _, signal) => cf.exists(['a'], { signal })],
  ['size', (cf, _, signal) => cf.size('a', { signal })],
  ['size many', (cf, _, signal) => cf.size(['a'], { signal })],
  ['head', (cf, _, signal) => cf.head('a', { signal })],
  ['head many', (cf, _, signal) => cf.head(['a'], { signal })],
  ['isDir', (cf, _, signal) => cf.isDir('a', { signal })],
  ['isDir of all', (cf, _, signal) => cf.isDir('', { signal })],
  ['subtreeSize', (cf, _, signal) => cf.subtreeSize('', { signal })],
  ['subtreeSize many', (cf, _, signal) => cf.subtreeSize([''], { signal })],
  ['list', (cf, _, signal) => all(cf.list({ signal }))],
  ['list flat', (cf, _, signal) => all(cf.list({ signal, flat: true }))],
  ['delete', (cf, _, signal) => cf.delete('a', { signal })],
  ['delete many', (cf, _, signal) => cf.delete(['a', 'b'], { signal })],
  ['delete none', (cf, _, signal) => cf.delete([], { signal })],
  ['touch', (cf, _, signal) => cf.touch('new', { signal })],
  ['move', (cf, _, signal) => cf.move('a', 'moved', { signal })],
  ['move to a URL', (cf, url, signal) => cf.move('a', `${url}/moved`, { signal })],
  ['moves', (cf, url, signal) => cf.moves(`${url}/to`, ['a'], { signal })],
  ['transferTo', (cf, url, signal) => cf.transferTo(`${url}/to`, { signal })],
  ['transferTo some', (cf, url, signal) => cf.transferTo(`${url}/to`, { signal, paths: ['a'], allowMissing: true })],
  ['transferFrom', (cf, url, signal) => cf.transferFrom(`${url}/from`, { signal, reencode: 'gzip' })],
];
const why = { the: 'reason itself' };

everywhere('a signal that was aborted before ends every method', async ({ cf, url }) => {
  await cf.puts([
    ['a', '1'],
    ['b', '2'],
    ['j', '{}'],
    ['from/x', '3'],
  ]);
  for (const [name, call] of calls) {
    await rejects(call(cf, url, AbortSignal.abort(why)), (error: unknown) => error === why).catch((cause: unknown) => {
      throw new Error(`${name}: ${String(cause)}`, { cause });
    });
  }
  equal(await all(cf.list()), ['a', 'b', 'from/x', 'j'], 'nothing was done');
});

everywhere('a signal that is aborted in the middle ends every method with its reason, or comes too late', async ({ cf, url }) => {
  for (const [name, call] of calls) {
    await cf.puts([
      ['a', '1'],
      ['b', '2'],
      ['j', '{}'],
      ['from/x', '3'],
    ]);
    const controller = new AbortController();
    const running = call(cf, url, controller.signal);
    await Promise.resolve();
    controller.abort(why);
    await running.catch((error: unknown) => ok(error === why, `${name}: the reason itself, not ${String(error)}:`));
  }
});

everywhere('a body that never comes is left when the signal fires', async ({ cf }) => {
  const never: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
  async function* items(): AsyncGenerator<PutItem> {
    yield ['x', never];
    await new Promise<never>(() => {});
  }
  for (const call of [
    (signal: AbortSignal) => cf.put('x', never, { signal }),
    (signal: AbortSignal) => cf.put('x', never, { signal, compress: 'gzip' }),
    (signal: AbortSignal) => cf.puts(items(), { signal }),
  ]) {
    const controller = new AbortController();
    const running = call(controller.signal);
    setTimeout(() => controller.abort(why), 5);
    await rejects(running, (error: unknown) => error === why);
  }
  equal(await cf.exists('x'), false);
});
