// The page's views of arrays and its doctor by clicks in Chromium: Zarr 2 and 3, HDF5, lines and heat maps, CORS rules to paste.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, Worker } from 'playwright-core';
import { equal, ok, test } from '../harness.ts';
import { need } from '../env.ts';
import { openScenario } from '../servers/fixture/client.ts';
import { connectTo, withSite, type PageSite } from './page-site.ts';
import { zarr2, zarr3 } from '../conformance/view-files.ts';
import { look, watchStore, withFiles, type Sent } from './views-rig.ts';

const picture = (page: Page, name: string) => page.locator('anyfile-hdf5-slice').getByRole('img', { name });
const open = (page: Page, name: string): Promise<void> =>
  page.locator('anyfile-listing .grid-body [role=row]').filter({ hasText: name }).first().click();
const choose = (page: Page, name: string): Promise<void> => page.getByRole('tree').getByText(name, { exact: true }).click();
const chunksIn = (sent: readonly Sent[]): string[] =>
  sent.filter(({ key, status }) => /\/c\/|\d\.\d$/.test(key) && status < 300).map(({ key }) => key);

type Realm = Pick<Worker, 'evaluate'>;

/** What a realm has asked for below an address, without it. */
const loadedIn = (realm: Realm, address: string): Promise<string[]> =>
  realm.evaluate((base) => {
    const all = performance.getEntriesByType('resource').map(({ name }) => name);
    return all.filter((name) => name.startsWith(base)).map((name) => name.slice(base.length));
  }, address);

/** An HDF5 file that is open: its library is in the worker alone, the store is asked by the page alone, and the worker ends with the file. */
async function readInWorker(site: PageSite, page: Page, sent: readonly Sent[]): Promise<void> {
  const library = readdirSync(join(site.dir, 'chunks'))
    .map((name) => `chunks/${name}`)
    .filter((path) => readFileSync(join(site.dir, path)).includes('H5Fopen'));
  ok(library.length > 0, 'a file that is the library');
  const [worker, ...others] = page.workers();
  ok(worker && others.length === 0 && worker.url() === `${site.address}worker/hdf5.js`, 'one worker');
  const holds = (paths: readonly string[]): boolean => paths.some((path) => library.includes(path));
  const here = await loadedIn(page, site.address);
  ok(here.includes('main.js') && here.some((path) => path.startsWith('chunks/')), `what the page has loaded: ${here.join()}`);
  ok(!holds(here), 'no library in the page');
  ok(holds(await loadedIn(worker, site.address)), 'the library in the worker');

  const asked = sent.filter(({ key, method }) => key.endsWith('.h5') && method === 'GET').map(({ key }) => key);
  equal(asked, ['front.h5', 'elsewhere.h5'], 'the file, and what it links to, which is not there');
  const { endpoint } = need('versitygw');
  const askedIn = async (realm: Realm): Promise<number> => (await loadedIn(realm, endpoint)).filter((path) => path.includes('.h5?')).length;
  equal([await askedIn(page), await askedIn(worker)], [asked.length, 0], 'who asked the store for it');
  const figures = page.locator('anyfile-hdf5 .figures');
  equal(await figures.locator('div').filter({ hasText: 'Requests' }).locator('dd').textContent(), String(asked.length));
  const ended = worker.waitForEvent('close');
  await page.getByRole('button', { name: 'Close' }).click();
  await ended;
  equal(page.workers().length, 0);
}

test(
  'arrays in the page: Zarr in chunks, lines, heat maps and HDF5',
  async () => {
    const files: [string, Uint8Array][] = [['front.h5', new Uint8Array(readFileSync('test/fixtures/front.h5'))]];
    for (const [name, bytes] of await zarr3()) files.push([`cube.zarr/${name}`, bytes]);
    for (const [name, bytes] of await zarr2()) files.push([`old.zarr/${name}`, bytes]);
    await withSite(async (site) => {
      await withFiles(files, async (place) => {
        await site.visit(async ({ page }) => {
          const sent = watchStore(page, place);
          await connectTo(page, place.server, place.url);
          await open(page, 'cube.zarr');
          await page.getByRole('treeitem', { name: 'cube dataset' }).waitFor();
          await page.locator('anyfile-hdf5-object').getByText('[4, 256, 256]').waitFor();
          equal(chunksIn(sent()), [], 'no chunk before an array is chosen');
          await choose(page, 'cube');
          await picture(page, '/cube: 256 rows and 256 columns, from -1').waitFor();
          equal(chunksIn(sent()).sort(), [
            'cube.zarr/cube/c/0/0/0',
            'cube.zarr/cube/c/0/0/1',
            'cube.zarr/cube/c/0/1/0',
            'cube.zarr/cube/c/0/1/1',
          ]);
          await look(site, page, 'views-zarr');
          await page.getByRole('slider').fill('2');
          await picture(page, 'from 199 to 201').waitFor();
          equal(chunksIn(sent()).length, 4, 'the chunks of another plane');
          await page.getByLabel('Last index of axis 1').fill('99');
          await page.getByLabel('Last index of axis 2').fill('99');
          await page.getByLabel('Last index of axis 2').press('Tab');
          await picture(page, '/cube: 100 rows and 100 columns').waitFor();
          sent();
          await page.getByRole('tab', { name: 'Values' }).click();
          await page.getByRole('grid', { name: 'Values of /cube' }).getByText('200', { exact: true }).first().waitFor();

          await choose(page, 'lines');
          await choose(page, 'short');
          await picture(page, '/lines/short: 300 values, from -0.99').waitFor();
          await page.locator('anyfile-line-plot svg').waitFor();
          await page.locator('anyfile-line-plot [role=img]').press('ArrowRight');
          await page.getByText('axis 0: 0: 0', { exact: true }).waitFor();
          await look(site, page, 'views-line');
          await choose(page, 'long');
          await picture(page, '/lines/long: 20000 values').waitFor();
          await page.locator('anyfile-line-plot .uplot canvas').waitFor();
          await page.locator('anyfile-line-plot [role=img]').press('End');
          await page.getByText('axis 0: 19999: ').waitFor();
          await look(site, page, 'views-long-line');
          await page.getByRole('tab', { name: 'Values' }).click();
          ok(await page.getByRole('grid', { name: 'Values of /lines/long' }).isVisible(), 'the same as a table');

          await page.getByRole('button', { name: 'Close' }).click();
          await page.getByRole('navigation').getByText(place.prefix.slice(0, -1)).click();
          await open(page, 'old.zarr');
          await page.getByText('its metadata are consolidated').waitFor();
          sent();
          await choose(page, 'grid');
          await picture(page, '/grid: 20 rows and 30 columns, from 0 to 599').waitFor();
          equal(chunksIn(sent()).sort(), ['old.zarr/grid/0.0', 'old.zarr/grid/1.0']);

          await page.getByRole('button', { name: 'Close' }).click();
          await page.getByRole('navigation').getByText(place.prefix.slice(0, -1)).click();
          await open(page, 'front.h5');
          await choose(page, 'grid');
          await picture(page, '/grid: 20 rows and 30 columns, from 0 to 1929').waitFor();
          await look(site, page, 'views-hdf5');
          await readInWorker(site, page, sent());
        });
        await site.visit(
          async ({ page }) => {
            await connectTo(page, place.server, place.url);
            await open(page, 'cube.zarr');
            await choose(page, 'cube');
            await picture(page, '/cube: 256 rows').waitFor();
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            ok(wide <= 380, `nothing is wider than a phone, ${wide}`);
            await look(site, page, 'views-zarr-phone');
          },
          { viewport: { width: 380, height: 760 } },
        );
      });
    });
  },
  { timeoutMs: 180_000 },
);

test(
  'the doctor: what is right, and which CORS rule is missing',
  async () => {
    need('fixture');
    const mute = await openScenario('s3', { cors: false });
    try {
      await withSite(async (site) => {
        await withFiles([['a.txt', 'hello']], async (place) => {
          await site.visit(async ({ page, context }) => {
            await context.grantPermissions(['clipboard-read', 'clipboard-write']);
            await connectTo(page, place.server, place.url);
            await page.getByRole('button', { name: 'Doctor' }).click();
            await page.getByText('Nothing is wrong with what could be looked at.').waitFor();
            equal(await page.locator('[data-check=cors] .badge').textContent(), '✓ fine');
            await look(site, page, 'doctor-fine');
            await page.getByRole('region', { name: 'Doctor' }).getByRole('button', { name: 'Close' }).click();
            await page.getByRole('button', { name: 'Disconnect' }).click();
            ok(!(await page.getByRole('button', { name: 'Doctor' }).isVisible()), 'nothing to look at');

            const { endpoint, bucket, credentials } = mute;
            await page.getByLabel('URL', { exact: true }).fill(`s3://${bucket}/`);
            await page.getByLabel('Endpoint').fill(endpoint);
            await page.getByLabel('Access key ID').fill(credentials.accessKeyId);
            await page.getByLabel('Secret access key').fill(credentials.secretAccessKey);
            await page.getByRole('button', { name: 'Connect', exact: true }).click();
            await page.getByRole('button', { name: 'Ask the doctor what is wrong' }).click();
            const check = page.locator('[data-check=cors]');
            await check.getByText('✗ wrong').waitFor();
            await page.getByText(/wrong: .*CORS: this page may read/).waitFor();
            await check.getByRole('button', { name: 'Copy' }).click();
            await check.getByText('Copied.').waitFor();
            const copied = await page.evaluate(() => navigator.clipboard.readText());
            const [rule = {}] = (JSON.parse(copied) as { CORSRules: Record<string, string[]>[] }).CORSRules;
            equal(rule['AllowedOrigins'], [new URL(site.address).origin]);
            ok(rule['ExposeHeaders']?.includes('ETag'), 'headers to expose');
            await look(site, page, 'doctor-cors');
            const text = await page.evaluate(() => document.documentElement.outerHTML);
            ok(!text.includes(credentials.secretAccessKey), 'no secret');
          });
        });
      });
    } finally {
      await mute.close();
    }
  },
  { timeoutMs: 180_000 },
);
