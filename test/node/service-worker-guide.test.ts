// The blocks of docs/service-worker.md in Chromium as they stand, but for the place: the app, and a worker of an app's own.
import guideText from '../../docs/service-worker.md';
import { chromium } from 'playwright-core';
import type { MountSource } from '../../src/service-worker.ts';
import { createSignerHandler } from '../../src/signer.ts';
import { fromBase64 } from '../../src/util/base64.ts';
import { encodeUtf8 } from '../../src/util/utf8.ts';
import { equal, test } from '../harness.ts';
import { put } from '../guide-page.ts';
import { fencesOf } from '../markdown.ts';
import { makeFilm } from './film.ts';
import { browserOf, html, pageOf, withFilmSite, type FilmApp } from './service-worker-site.ts';

const guide = fencesOf(guideText);
const block = (word: string, value: string): string => guide.find(({ about }) => about[word] === value)!.text;
const pages = {
  '/own/': html,
  '/signed': pageOf('<img><script type="module" src="/guide-signed.js"></script>'),
  '/guide': pageOf(`${guide.find(({ language }) => language === 'html')!.text}<script type="module" src="/guide-page.js"></script>`),
};
const scripts = ({ url, endpoint, region }: MountSource): Record<string, string> => ({
  '/sw.js': block('file', 'sw.js'),
  '/own-sw.js': block('example', 'own-worker'),
  '/signed-sw.js': block('file', 'signed-sw.js'),
  ...Object.fromEntries(
    ['page', 'signed'].map((name) => [
      `/guide-${name}.js`,
      put(
        put(block('example', name), 's3://my-bucket/', `${url}/`),
        `region: 'eu-central-1'`,
        `endpoint: '${endpoint}', region: '${region}'`,
      ),
    ]),
  ),
});
/** The app's own server. */
const sign: FilmApp['sign'] = (request, { url, endpoint, region, credentials }) =>
  createSignerHandler({
    allow: [{ url: `${url}/films/` }],
    endpoint,
    region,
    credentials: credentials as { accessKeyId: string; secretAccessKey: string },
    authorize: () => true,
  })(request);
const gif = fromBase64('R0lGODlhAQABAAAAACwAAAAAAQABAAA=');

/** In the page: what the guide's program shows. */
const shown = `(() => {
  const [image, video, text] = ['img', 'video', 'pre'].map((name) => document.querySelector(name));
  return video.readyState >= 1 && image.complete && text.textContent && [image.naturalWidth, video.duration, text.textContent];
})()`;

const run = (source: MountSource): string => `
const handle = await registerServiceWorker('/own-sw.js', { scope: '/own/' });
await handle.ready();
const mount = await handle.mount(${JSON.stringify(source)});
const other = await fetch('/nothing-here');
globalThis.report = [other.status, await (await fetch(mount.url('films/notes/day one.txt'))).text()];
`;

test(
  'the app of the guide shows what is private, one without a key does, and so does one with a service worker of its own',
  () =>
    withFilmSite({ run, scripts, pages, sign }, async (site) => {
      const { path } = await browserOf('chromium');
      await site.put('films/beach.png', gif, 'image/gif');
      await site.put('films/beach.webm', makeFilm(2), 'video/webm');
      await site.put('films/notes/day one.txt', encodeUtf8('sun'), 'text/plain');
      const browser = await chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-quic'] });
      try {
        const page = await browser.newPage();
        await page.goto(`${site.address}guide`);
        equal(await (await page.waitForFunction(shown)).jsonValue(), [1, 2, '206: sun']);
        const signed = await (await browser.newContext()).newPage();
        await signed.goto(`${site.address}signed`);
        await signed.waitForFunction(`document.querySelector('img').naturalWidth === 1`);
        const own = await (await browser.newContext()).newPage();
        await own.goto(`${site.address}own/`);
        equal(await (await own.waitForFunction('globalThis.report')).jsonValue(), [404, 'sun']);
        equal(site.traffic().preflights, 0);
      } finally {
        await browser.close();
      }
    }),
  { timeoutMs: 120_000 },
);
