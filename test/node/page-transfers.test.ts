// The page by clicks in Chromium: browsing, uploads by drop with pause, a tab that is killed, downloads, the keyboard.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { Client, type ObjectStore } from '../../src/index.ts';
import { noise } from '../conformance/noise.ts';
import { need, uniqueName, type S3Server } from '../env.ts';
import { equal, ok, sameBytes, test } from '../harness.ts';
import { connectTo, namesIn, withSite, type PageSite } from './page-site.ts';

/** A corner of a bucket, and a folder of this disk. */
async function withPlace(use: (place: { server: S3Server; store: ObjectStore; url: string; dir: string }) => Promise<void>): Promise<void> {
  const server = need('versitygw');
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = server;
  const client = new Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const url = `s3://${bucket}/${uniqueName('page')}/`;
  const dir = mkdtempSync(join(tmpdir(), 'anyfile-page-'));
  try {
    await use({ server, store: client.store(url), url, dir });
  } finally {
    await client.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Drop files and folders of this disk on the middle of an element, as a person does. */
async function drop(page: Page, selector: string, files: string[]): Promise<void> {
  const box = (await page.locator(selector).boundingBox())!;
  const session = await page.context().newCDPSession(page);
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, ...at, data });
  await session.detach();
}

/** Every answer to a part comes late: time to pause, and to be killed. */
const slowly = async (page: Page, ms: number): Promise<void> =>
  void (await page.context().route(/partNumber=/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await route.continue().catch(() => {});
  }));

const transfer = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Transfers' }).getByRole('listitem').filter({ hasText: name });

async function browsing(site: PageSite): Promise<void> {
  await withPlace(async ({ server, store, url }) => {
    await store.put('deep/tree.json', '{"list":[1,2]}', { contentType: 'application/json' });
    for (let i = 0; i < 120; i++) await store.put(`row-${String(i).padStart(3, '0')}.csv`, `a,b\n${i},2\n`, { contentType: 'text/csv' });
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
      await site.picture(page, 'browse-light');
      await page.emulateMedia({ colorScheme: 'dark' });
      await site.picture(page, 'browse-dark');
      await page.setViewportSize({ width: 390, height: 844 });
      await site.picture(page, 'browse-phone-dark');
      ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390, 'nothing is wider than a phone');
      await page.emulateMedia({ colorScheme: 'light' });
      await page.getByRole('button', { name: 'Close' }).click();
      await site.picture(page, 'listing-phone-light');
    });
  });
}

async function uploading(site: PageSite): Promise<void> {
  await withPlace(async ({ server, store, url, dir }) => {
    const big = noise(18_000_000);
    writeFileSync(join(dir, 'big.bin'), big);
    mkdirSync(join(dir, 'tree/a/b'), { recursive: true });
    writeFileSync(join(dir, 'tree/a/b/leaf.txt'), 'leaf');
    writeFileSync(join(dir, 'tree/top.txt'), 'top');
    await store.put('tree/top.txt', 'it was there');
    await site.visit(async ({ page, context }) => {
      await connectTo(page, server, url);
      // a folder of three levels; what is there already stays until somebody says otherwise
      await drop(page, 'anyfile-listing', [join(dir, 'tree')]);
      await transfer(page, 'leaf.txt').getByText('done', { exact: true }).waitFor();
      await transfer(page, 'top.txt').getByText('not sent').waitFor();
      equal(await (await store.get('tree/a/b/leaf.txt'))!.text(), 'leaf');
      equal(await (await store.get('tree/top.txt'))!.text(), 'it was there');
      await page.getByRole('button', { name: 'Replace it: tree/top.txt' }).click();
      await transfer(page, 'top.txt').getByText('done', { exact: true }).waitFor();
      equal(await (await store.get('tree/top.txt'))!.text(), 'top');
      await page.locator('anyfile-listing .name', { hasText: 'tree/' }).first().waitFor();
      // paused, taken up again, and killed in the middle
      await slowly(page, 700);
      await drop(page, 'anyfile-listing', [join(dir, 'big.bin')]);
      const begun = (from: Page, bytes: number): Promise<unknown> =>
        from.waitForFunction(
          (least) => (document.querySelector<HTMLProgressElement>('.transfers progress[value]')?.value ?? 0) > least,
          bytes,
        );
      await begun(page, 0);
      await page.getByRole('button', { name: 'Pause: big.bin' }).click();
      await transfer(page, 'big.bin').getByText('paused').waitFor();
      await site.picture(page, 'transfers-light');
      await page.getByRole('button', { name: 'Resume: big.bin' }).click();
      await begun(page, 0);
      equal(await store.head('big.bin'), null, 'nothing under its name before all of it is there');
      await page.close({ runBeforeUnload: false });
      // the next visit: nothing is known but the journal
      const next = await context.newPage();
      let sent = 0;
      next.on('request', (request) => (sent += request.method() === 'PUT' ? 1 : 0));
      await next.goto(site.address);
      await connectTo(next, server, url);
      await transfer(next, 'big.bin').getByText('interrupted').waitFor();
      await next.emulateMedia({ colorScheme: 'dark' });
      await site.picture(next, 'interrupted-dark');
      const chooser = next.waitForEvent('filechooser');
      await next.getByRole('button', { name: /^Choose the file again: .*big\.bin/ }).click();
      await (await chooser).setFiles(join(dir, 'big.bin'));
      await transfer(next, 'big.bin').getByText('done', { exact: true }).waitFor({ timeout: 20_000 });
      ok(sent > 0 && sent < 4, `only what was not there is sent, ${sent} of 4 parts`);
      sameBytes(await (await store.get('big.bin'))!.bytes(), big);
      for await (const uploads of store.listUploads!()) equal(uploads, [], 'nothing is left of it');
      await next.locator('anyfile-listing .name', { hasText: 'big.bin' }).waitFor();
    });
  });
}

async function downloading(site: PageSite): Promise<void> {
  await withPlace(async ({ server, store, url }) => {
    const bytes = noise(300_000);
    await store.put('one.bin', bytes);
    await store.put('sub/two.txt', 'two');
    await site.visit(async ({ page }) => {
      // dialogs are for people: a folder of the browser's own disk stands for what they choose
      await page.addInitScript(() => {
        const chosen = async (): Promise<FileSystemDirectoryHandle> =>
          (await navigator.storage.getDirectory()).getDirectoryHandle('chosen', { create: true });
        Object.assign(globalThis, {
          showDirectoryPicker: chosen,
          showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
            (await chosen()).getFileHandle(suggestedName, { create: true }),
        });
      });
      await page.reload();
      await connectTo(page, server, url);
      await page.getByRole('grid', { name: 'Files and folders' }).focus();
      await page.keyboard.press('Home');
      await page.getByRole('button', { name: 'Download one.bin' }).click();
      await transfer(page, 'one.bin').getByText('done', { exact: true }).waitFor();
      await page.getByRole('button', { name: /^Download the folder/ }).click();
      await page.getByText('1 file, 1 file there already.').waitFor();
      const kept = await page.evaluate(async () => {
        const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('chosen');
        const one = await (await folder.getFileHandle('one.bin')).getFile();
        const two = await (await (await folder.getDirectoryHandle('sub')).getFileHandle('two.txt')).getFile();
        return { one: [...new Uint8Array(await one.arrayBuffer())], two: await two.text() };
      });
      sameBytes(Uint8Array.from(kept.one), bytes);
      equal(kept.two, 'two');
      // where there is no such dialog: a link
      await page.evaluate(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
      await page.evaluate(() => Object.assign(globalThis, { showSaveFilePicker: undefined }));
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download one.bin' }).click();
      sameBytes(new Uint8Array(readFileSync(await (await download).path())), bytes);
    });
  });
}

async function local(site: PageSite): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'anyfile-page-'));
  mkdirSync(join(dir, 'data/deep/er'), { recursive: true });
  writeFileSync(join(dir, 'data/deep/er/table.csv'), 'x,y\n1,2\n');
  await site.visit(async ({ page }) => {
    await site.picture(page, 'start-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await site.picture(page, 'start-dark');
    await drop(page, 'main', [join(dir, 'data')]);
    for (const name of ['data/', 'deep/', 'er/', 'table.csv']) await page.locator('anyfile-listing .name', { hasText: name }).click();
    await page.getByRole('heading', { name: 'table.csv' }).waitFor();
    await page.getByRole('gridcell', { name: '2', exact: true }).waitFor();
    // what the user has not allowed is said, and nothing hangs
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('button', { name: 'Open this browser’s own disk' }).click();
    await page.getByText('Nothing is here').waitFor();
    await drop(page, 'anyfile-listing', [join(dir, 'data')]);
    await page.locator('anyfile-listing .name', { hasText: 'data/' }).waitFor();
  });
  rmSync(dir, { recursive: true, force: true });
}

test(
  'the page by clicks in Chromium: browse, upload, kill, download, a folder of this computer; no word of its policy is broken',
  () =>
    withSite(async (site) => {
      await local(site);
      await browsing(site);
      await uploading(site);
      await downloading(site);
    }),
  { timeoutMs: 120_000 },
);
