// The page by clicks in Chromium: browsing by the keyboard, uploads by drop with pause, a tab that is killed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { delay } from '../../src/util/abort.ts';
import { noise } from '../conformance/noise.ts';
import { equal, ok, sameBytes, test } from '../harness.ts';
import { connectTo, drop, namesIn, transfer, withPlace, withSite, type PageSite } from './page-site.ts';
import { look } from './views-rig.ts';

/** All parts of an upload but the first: what is held gives time to pause, and to be killed. */
const laterParts = /partNumber=(?!1\b)/;

async function browsing(site: PageSite): Promise<void> {
  await withPlace(async ({ server, store, url }) => {
    await store.put('deep/tree.json', '{"list":[1,2]}', { contentType: 'application/json' });
    const names = Array.from({ length: 120 }, (_, i) => `row-${String(i).padStart(3, '0')}.csv`);
    await Promise.all(names.map((name, i) => store.put(name, `a,b\n${i},2\n`, { contentType: 'text/csv' })));
    await site.visit(async ({ page }) => {
      await connectTo(page, server, url);
      const grid = page.getByRole('grid', { name: 'Files and folders' });
      await grid.getByText('row-000.csv').waitFor();
      ok((await namesIn(page)).length <= 60, 'few rows in the page');
      equal(await grid.getAttribute('aria-rowcount'), '122');
      // by the keyboard alone
      await grid.focus();
      const active = async (): Promise<string> => {
        const id = await grid.getAttribute('aria-activedescendant');
        return (await page.locator(`[id="${id}"] .name`).textContent()) ?? '';
      };
      await page.keyboard.press('End');
      equal(await active(), 'row-119.csv');
      await page.keyboard.press('PageUp');
      ok((await active()) < 'row-115.csv', await active());
      await page.keyboard.press('Home');
      equal(await active(), 'deep/');
      await page.keyboard.press('ArrowDown');
      equal(await active(), 'row-000.csv');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'row-000.csv' }).waitFor();
      await page.getByText('✓ verified').waitFor();
      await look(site, page, 'browse');
      await page.setViewportSize({ width: 390, height: 844 });
      await look(site, page, 'browse-phone');
      ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390, 'nothing is wider than a phone');
      await page.getByRole('button', { name: 'Close' }).click();
      await site.picture(page, 'listing-phone');
    });
  });
}

async function uploading(site: PageSite): Promise<void> {
  await withPlace(async ({ server, store, url, dir }) => {
    const big = noise(37_000_000);
    writeFileSync(join(dir, 'big.bin'), big);
    mkdirSync(join(dir, 'tree/a/b'), { recursive: true });
    writeFileSync(join(dir, 'tree/a/b/leaf.txt'), 'leaf');
    writeFileSync(join(dir, 'tree/top.txt'), 'top');
    await store.put('tree/top.txt', 'it was there');
    await site.visit(async ({ page, context }) => {
      // what sends files comes late: what is dropped before waits for it
      let late = 0;
      await page.route(/\/desk-[^/]*\.js$/, async (route) => {
        late++;
        await delay(1000);
        await route.continue();
      });
      await connectTo(page, server, url);
      // a folder of three levels; what is there already stays until somebody says otherwise
      await drop(page, 'anyfile-listing', [join(dir, 'tree')]);
      await transfer(page, 'leaf.txt').getByText('done', { exact: true }).waitFor();
      equal(late, 1, 'it came late');
      await transfer(page, 'top.txt').getByText('not sent').waitFor();
      equal(await (await store.get('tree/a/b/leaf.txt'))!.text(), 'leaf');
      equal(await (await store.get('tree/top.txt'))!.text(), 'it was there');
      await page.getByRole('button', { name: 'Replace it: tree/top.txt' }).click();
      await transfer(page, 'top.txt').getByText('done', { exact: true }).waitFor();
      equal(await (await store.get('tree/top.txt'))!.text(), 'top');
      await page.locator('anyfile-listing .name', { hasText: 'tree/' }).first().waitFor();
      // paused, taken up again, and killed in the middle
      await context.route(laterParts, () => new Promise<never>(() => {}));
      await drop(page, 'anyfile-listing', [join(dir, 'big.bin')]);
      const begun = (): Promise<unknown> =>
        page.waitForFunction(() => (document.querySelector<HTMLProgressElement>('.transfers progress[value]')?.value ?? 0) > 0);
      await begun();
      await page.getByRole('button', { name: 'Pause: big.bin' }).click();
      await transfer(page, 'big.bin').getByText('paused').waitFor();
      await look(site, page, 'transfers');
      await page.getByRole('button', { name: 'Resume: big.bin' }).click();
      await begun();
      equal(await store.head('big.bin'), null, 'nothing under its name before all of it is there');
      await page.close({ runBeforeUnload: false });
      // the next visit: nothing is known but the journal
      await context.unroute(laterParts);
      const next = await context.newPage();
      let sent = 0;
      next.on('request', (request) => (sent += request.method() === 'PUT' ? 1 : 0));
      await next.goto(site.address);
      await connectTo(next, server, url);
      await transfer(next, 'big.bin').getByText('interrupted').waitFor();
      await look(site, next, 'interrupted');
      const chooser = next.waitForEvent('filechooser');
      await next.getByRole('button', { name: /^Choose the file again: .*big\.bin/ }).click();
      await (await chooser).setFiles(join(dir, 'big.bin'));
      await transfer(next, 'big.bin').getByText('done', { exact: true }).waitFor({ timeout: 20_000 });
      // three were on their way when the tab was killed, and may have come or not
      ok(sent >= 4 && sent <= 7, `only what was not there is sent, ${sent} of 8 parts`);
      sameBytes(await (await store.get('big.bin'))!.bytes(), big);
      for await (const uploads of store.listUploads!()) equal(uploads, [], 'nothing is left of it');
      await next.locator('anyfile-listing .name', { hasText: 'big.bin' }).waitFor();
    });
  });
}

async function crowding(site: PageSite): Promise<void> {
  await withPlace(async ({ server, store, url, dir }) => {
    const names = Array.from({ length: 230 }, (_, i) => `many/f-${String(i).padStart(3, '0')}`);
    mkdirSync(join(dir, 'many'));
    for (const name of names) writeFileSync(join(dir, name), name);
    await Promise.all(names.map((name) => store.put(name, 'it was there')));
    await site.visit(async ({ page }) => {
      await connectTo(page, server, url);
      await drop(page, 'anyfile-listing', [join(dir, 'many')]);
      const panel = page.getByRole('region', { name: 'Transfers' });
      await panel.getByText('230 not sent').waitFor();
      const rows = (): Promise<number> => panel.getByRole('listitem').count();
      equal(await rows(), 200, 'not all are drawn');
      await panel.getByRole('button', { name: 'Show more: 30 earlier ones' }).click();
      await panel.getByText('many/f-000').first().waitFor();
      equal([await rows(), await panel.getByRole('button', { name: /^Show more/ }).count()], [230, 0]);
    });
  });
}

test(
  'the page by clicks: browse by keyboard, upload by drop, pause, kill the tab, go on',
  () =>
    withSite(async (site) => {
      await browsing(site);
      await uploading(site);
      await crowding(site);
    }),
  { timeoutMs: 240_000 },
);
