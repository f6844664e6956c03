// A private film of 50 MB, made by film.ts, in a bucket that shows nothing but ETag: played and sought in Chromium and Firefox through the service
// worker, while a proxy counts. And what happens to the worker: it is ended when idle, and does not control a page after a hard reload.
import { chromium, type Page } from 'playwright-core';
import type { MountSource } from '../../src/service-worker.ts';
import { equal, ok, test } from '../harness.ts';
import { makeFilm } from './film.ts';
import { browserOf, inFirefox, withFilmSite, type FilmSite } from './service-worker-site.ts';

const seconds = 132;
/** What `readBytes` gives: EBML's own. */
const first = [206, 0x1a, 0x45, 0xdf, 0xa3];
const signed = /X-Amz-|Signature/i;

/** What the page tells at the end. */
interface Told {
  error?: string;
  duration: number;
  times: number[];
  frames: number;
  size: number[];
  seen: string;
}

/** The page's script: metadata, 3 s, a seek to 80 %, 3 s. */
const run = (source: MountSource): string => `
const source = ${JSON.stringify(source)};
globalThis.mountFilms = async () => {
  const worker = await registerServiceWorker('/sw.js');
  await worker.ready();
  return await worker.mount(source);
};
const until = async (what, holds) => {
  for (const end = Date.now() + 40000; !holds(); await new Promise((resolve) => setTimeout(resolve, 20))) if (Date.now() > end) throw new Error('waited in vain for ' + what);
};
globalThis.readBytes = async (url) => {
  const response = await fetch(url, { headers: { range: 'bytes=0-3' } });
  return [response.status, ...new Uint8Array(await response.arrayBuffer())];
};
globalThis.watch = async () => {
  globalThis.asked = 0;
  new BroadcastChannel('anyfile:mounts').onmessage = ({ data }) => (asked += data.type === 'need');
  const films = (globalThis.films = await mountFilms());
  const video = document.createElement('video');
  video.muted = true;
  video.preload = 'metadata';
  let failed;
  video.onerror = () => (failed = video.error.message || 'an error');
  document.body.append(video);
  const play = async (end) => {
    await video.play();
    await until('time ' + end, () => failed || video.currentTime >= end);
    video.pause();
    if (failed) throw new Error(failed);
    return video.currentTime;
  };
  video.src = films.url('film.webm');
  await until('metadata', () => failed || video.readyState >= 1);
  if (failed) throw new Error(failed);
  const first = await play(3);
  video.currentTime = 0.8 * video.duration;
  await until('the seek', () => failed || !video.seeking);
  const sought = video.currentTime;
  const second = await play(sought + 3);
  const seen = [video.currentSrc, ...performance.getEntries().map((entry) => JSON.stringify(entry)), ...(await caches.keys())].join(' ');
  const frames = video.getVideoPlaybackQuality().totalVideoFrames;
  return { duration: video.duration, times: [first, sought, second], frames, size: [video.videoWidth, video.videoHeight], seen };
};
if (navigator.userAgent.includes('Firefox')) {
  const report = await watch().catch((error) => ({ error: String(error) }));
  const post = (path, body) => fetch(path, { method: 'POST', body: JSON.stringify(body) });
  await post('/report', report);
  // it may have been ended while the film was read ahead already
  for (let tries = 0; !report.error && asked < 2 && tries < 10; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await readBytes(films.url('film.webm'));
  }
  if (!report.error) await post('/after', [asked > 1, ...(await readBytes(films.url('film.webm')))]);
}
globalThis.isHere = true;
`;

/** What is the same in both. */
function checkFilm(told: Told, site: FilmSite): void {
  equal(told.error, undefined);
  equal([told.duration, ...told.size], [seconds, 160, 96]);
  const [start = 0, sought = 0, second = 0] = told.times;
  ok(start >= 3 && Math.abs(sought - 0.8 * seconds) < 1 && second >= sought + 3, `times ${told.times.join()}`);
  ok(told.frames > 60, `${told.frames} frames were shown`);
  ok(!signed.test(told.seen), 'no signature is seen');
  ok(site.exposed.has('etag') && !site.exposed.has('content-range'), `pages may read ${[...site.exposed].join()}`);
}

/** The first byte through the worker, and whose page it is. */
async function readByte(page: Page): Promise<unknown> {
  await page.waitForFunction('globalThis.isHere');
  return page.evaluate(`(async () => {
    const before = navigator.serviceWorker.controller !== null;
    return [before, ...(await readBytes((await mountFilms()).url('film.webm')))];
  })()`);
}

test(
  'Chromium plays and seeks a private film in at most 12 requests and 20 MB; the worker may be ended, and comes back after a hard reload',
  () =>
    withFilmSite({ run }, async (site) => {
      const { path } = await browserOf('chromium');
      await site.put('film.webm', makeFilm(seconds), 'video/webm');
      const browser = await chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-quic'] });
      try {
        const page = await (await browser.newContext()).newPage();
        await page.goto(site.address);
        await page.waitForFunction('globalThis.isHere');
        site.traffic();
        const told = await page.evaluate<Told>('watch()');
        const { requests, preflights, bytes } = site.traffic();
        console.log(`film - chromium: ${requests} requests, ${(bytes / 1e6).toFixed(1)} MB`);
        checkFilm(told, site);
        equal(preflights, 0);
        ok(requests <= 12 && bytes <= 20e6, `${requests} requests and ${bytes} bytes`);

        const debug = await page.context().newCDPSession(page);
        await debug.send('ServiceWorker.enable');
        const stopped = new Promise<void>((resolve) => {
          debug.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
            if (versions.some(({ runningStatus }) => runningStatus === 'stopped')) resolve();
          });
        });
        const url = await page.evaluate(`mountFilms().then((films) => films.url('film.webm'))`);
        const byte = (): Promise<unknown> => page.evaluate(`readBytes('${String(url)}')`);
        equal(await byte(), first);
        await debug.send('ServiceWorker.stopAllWorkers');
        await stopped;
        equal(await byte(), first, 'after the worker was ended');

        await page.evaluate('globalThis.isHere = false');
        await debug.send('Page.reload', { ignoreCache: true });
        await page.waitForFunction(
          (old) => performance.timeOrigin !== old,
          await page.evaluate(() => performance.timeOrigin).catch(() => 0),
        );
        equal(await readByte(page), [false, ...first], 'after a hard reload');
      } finally {
        await browser.close();
      }
    }),
  { timeoutMs: 120_000 },
);

test(
  'Firefox plays and seeks a private film in at most 24 requests and 45 MB; the worker is ended when idle, and comes back',
  () =>
    withFilmSite({ run }, async (site) => {
      await site.put('film.webm', makeFilm(seconds), 'video/webm');
      await inFirefox(site.address, async () => {
        const told = (await site.report()) as Told;
        const { requests, preflights, bytes } = site.traffic();
        console.log(`film - firefox: ${requests} requests, ${(bytes / 1e6).toFixed(1)} MB`);
        checkFilm(told, site);
        equal(preflights, 0);
        ok(requests <= 24 && bytes <= 45e6, `${requests} requests and ${bytes} bytes`);
        equal(await site.report('/after'), [true, ...first], 'after the worker was ended and asked again');
      });
    }),
  { timeoutMs: 120_000 },
);
