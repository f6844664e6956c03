// An app whose pages hold no key: its own server signs, for whom a cookie of the page tells. The worker is ended in Chromium and Firefox,
// and comes back.
import { chromium } from 'playwright-core';
import type { MountSource } from '../../src/service-worker.ts';
import { createSignerHandler, type SignerDecision } from '../../src/signer.ts';
import { encodeUtf8 } from '../../src/util/utf8.ts';
import { equal, ok, test } from '../harness.ts';
import { browserOf, inFirefox, withFilmSite, type FilmApp } from './service-worker-site.ts';

/** The page's script. In Firefox it does everything by itself, and reports. */
const run = ({ credentials: _, ...source }: MountSource): string => `
globalThis.needs = 0;
const messages = [];
new BroadcastChannel('anyfile:mounts').onmessage = ({ data }) => {
  messages.push(data);
  needs += data.type === 'need';
};
const worker = await registerServiceWorker('/signed-sw.js');
await worker.ready();
globalThis.login = (name) => (document.cookie = 'session=' + name + '; SameSite=Strict');
login('ann');
const mount = await worker.mount({ ...${JSON.stringify(source)}, signer: { url: '/sign' } });
const urls = [];
globalThis.read = async (key, range = 'bytes=0-2') => {
  const response = await fetch(mount.url(key), { headers: { range } });
  urls.push(response.url);
  return [response.status, response.ok ? await response.text() : (await response.json()).code];
};
globalThis.seen = async () =>
  JSON.stringify([messages, urls, performance.getEntries(), await caches.keys(), await indexedDB.databases()]);
if (navigator.userAgent.includes('Firefox')) {
  const report = { before: await read('a') };
  for (let tries = 0; needs < 2 && tries < 10; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    report.after = await read('a');
  }
  report.needs = needs;
  report.refused = await read('b');
  report.seen = await seen();
  await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
}
globalThis.isHere = true;
`;

/** The app's server: who has the session of ann may read `a`. What is signed is good for two seconds. */
function app(): { film: FilmApp; gets: () => number; decisions: SignerDecision[] } {
  const decisions: SignerDecision[] = [];
  let handler: ReturnType<typeof createSignerHandler> | undefined;
  const sign: FilmApp['sign'] = (request, { url, endpoint, region, credentials }) => {
    handler ??= createSignerHandler({
      allow: [{ url: `${url}/` }],
      endpoint,
      region,
      credentials: credentials as { accessKeyId: string; secretAccessKey: string },
      authorize: (asked, { key }) => (asked.headers.get('cookie')?.includes('session=ann') ? key === 'a' : null),
      onDecision: (decision) => decisions.push(decision),
      expiresInMs: 2000,
    });
    return handler(request);
  };
  return { film: { run, sign }, gets: () => decisions.filter(({ method }) => method === 'GET').length, decisions };
}

const signed = /X-Amz-|Signature/i;

test(
  'Chromium: an app without keys reads after its worker was ended, by the cookie of that time; who is refused is asked for once',
  () => {
    const { film, gets } = app();
    return withFilmSite(film, async (site) => {
      const { path } = await browserOf('chromium');
      await site.put('a', encodeUtf8('abcdef'), 'text/plain');
      await site.put('b', encodeUtf8('b'), 'text/plain');
      const browser = await chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-quic'] });
      try {
        const page = await browser.newPage();
        await page.goto(site.address);
        await page.waitForFunction('globalThis.isHere');
        const read = (key: string, range = 'bytes=0-2'): Promise<unknown> => page.evaluate(`read('${key}', '${range}')`);
        equal(
          [await read('a'), await read('a', 'bytes=3-4')],
          [
            [206, 'abc'],
            [206, 'de'],
          ],
        );

        const debug = await page.context().newCDPSession(page);
        await debug.send('ServiceWorker.enable');
        const end = async (): Promise<void> => {
          const stopped = new Promise<void>((resolve) => {
            debug.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
              if (versions.some(({ runningStatus }) => runningStatus === 'stopped')) resolve();
            });
          });
          await debug.send('ServiceWorker.stopAllWorkers');
          await stopped;
        };
        let before = gets();
        await end();
        equal(await read('a'), [206, 'abc'], 'after the worker was ended');
        equal(gets(), before + 1, 'what was signed went with it');

        // longer than what is signed is good for
        await page.waitForTimeout(2100);
        before = gets();
        equal(await read('a'), [206, 'abc'], 'after the signature ended');
        equal(gets(), before + 1);

        before = gets();
        equal([await read('b'), gets()], [[403, 'PermissionDenied'], before + 1]);
        await page.evaluate(`login('nobody')`);
        await end();
        equal([await read('a'), gets()], [[401, 'Unauthenticated'], before + 2]);
        await page.evaluate(`login('ann')`);
        equal(await read('a'), [206, 'abc']);

        const { preflights } = site.traffic();
        equal([preflights, signed.exec(await page.evaluate<string>('seen()'))], [0, null]);
      } finally {
        await browser.close();
      }
    });
  },
  { timeoutMs: 60_000 },
);

test(
  'Firefox: an app without keys reads after its idle worker was ended',
  () => {
    const { film, gets, decisions } = app();
    return withFilmSite(film, async (site) => {
      await site.put('a', encodeUtf8('abcdef'), 'text/plain');
      await inFirefox(site.address, async () => {
        const told = (await site.report()) as Record<'before' | 'after' | 'refused', unknown> & { needs: number; seen: string };
        equal(
          [told.before, told.after, told.refused],
          [
            [206, 'abc'],
            [206, 'abc'],
            [403, 'PermissionDenied'],
          ],
        );
        ok(told.needs >= 2, 'the worker was ended and asked again');
        equal(decisions.filter(({ allowed, key }) => !allowed && key === 'b').length, 1);
        ok(gets() >= 2, `${gets()} were asked for`);
        equal(signed.exec(told.seen), null);
      });
    });
  },
  { timeoutMs: 60_000 },
);
