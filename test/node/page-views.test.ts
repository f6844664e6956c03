// The page's views by clicks in Chromium: large tables by ranges, pictures, Zarr; what each fetches, and what axe says of it.
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { equal, ok, test } from '../harness.ts';
import { connectTo, withSite } from './page-site.ts';
import { largeCsv, largeParquet, png } from '../conformance/view-files.ts';
import { bytesOf, look, watchStore, withFiles } from './views-rig.ts';

const cells = (page: Page): Promise<string[][]> =>
  page
    .locator('anyfile-view .grid-body [role=row]')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
const said = (page: Page): Promise<string> => page.locator('anyfile-view [role=status]').first().innerText();
const until = async (what: string, is: () => Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 10_000; !(await is());) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
};
const open = (page: Page, name: string): Promise<void> =>
  page.locator('anyfile-listing .grid-body [role=row]').filter({ hasText: name }).first().click();

test(
  'every view of the page: by clicks, by ranges, under the policy, in light and dark',
  async () => {
    const csv = largeCsv();
    const parquet = largeParquet();
    const packed = largeParquet({ rows: 20_000, gzip: (bytes) => new Uint8Array(gzipSync(bytes)) });
    ok(csv.length > 2_500_000 && parquet.length > 2_500_000, `large files, ${csv.length}, ${parquet.length}`);
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" onload="parent.pwned=1"><script>top.pwned = 1</script><rect width="200" height="100" fill="teal"/></svg>';
    const files: [string, Uint8Array | string, string?][] = [
      ['large.csv', csv, 'text/csv'],
      ['large.parquet', parquet],
      ['packed.parquet', packed],
      ['none.parquet', 'no such thing'],
      ['wide.png', await png(900, 500), 'image/png'],
      ['drawing.svg', svg, 'image/svg+xml'],
    ];
    await withSite(async (site) => {
      await withFiles(files, async (place) => {
        await site.visit(async ({ page }) => {
          const sent = watchStore(page, place);
          await connectTo(page, place.server, place.url);
          await look(site, page, 'views-listing');
          sent();

          // a table of text: one window, and the next ones as one scrolls
          await open(page, 'large.csv');
          const grid = page.getByRole('grid', { name: 'Rows of large.csv' });
          await grid.waitFor();
          equal((await cells(page))[0], ['1', '0', 'Ort 0, Zürich', '0', 'a "quoted" text\nof two lines that is long enough']);
          equal(sent(), [{ method: 'GET', key: 'large.csv', range: '0-262143', status: 206, bytes: 262_144 }]);
          ok((await said(page)).startsWith('Read 262 kB of 3.1 MB (8.5 %) in 1 range: 3,491 rows so far, 4 columns.'), await said(page));
          equal(await grid.getAttribute('aria-rowcount'), '-1', 'how many rows is not known');
          await look(site, page, 'views-csv');
          await grid.focus();
          await page.keyboard.press('Control+End');
          await until('the next window', async () => (await said(page)).includes('in 2 ranges'));
          const active = await grid.getAttribute('aria-activedescendant');
          equal(await page.locator(`[id="${active}"]`).getAttribute('aria-selected'), 'true');
          ok((await cells(page)).length <= 60, 'few rows in the page');
          equal(
            sent().map(({ range }) => range),
            ['262144-524287'],
          );
          await page.getByRole('tab', { name: 'Bytes' }).click();
          await page.locator('anyfile-hex pre').getByText('69 64 2c 6e 61 6d 65').waitFor();
          sent();

          // columns and rows of Parquet
          await open(page, 'large.parquet');
          const rows = page.getByRole('grid', { name: 'Rows of large.parquet' });
          await rows.getByText('Station 3', { exact: true }).waitFor();
          equal((await cells(page))[1]?.slice(0, 4), ['2', '1', '2024-01-01 00:01:00Z', 'Station 1']);
          equal(await rows.getAttribute('aria-rowcount'), '60001');
          const first = sent();
          equal(first.length, 2, 'the metadata, and all columns of the first rows together');
          equal(
            await said(page),
            `Read ${Math.round(bytesOf(first) / 1000)} kB of 3.5 MB (21 %) in 2 ranges: 60,000 rows in 6 row groups, 10 columns.`,
          );
          ok(bytesOf(first) < 0.3 * parquet.length, `little of the file, ${bytesOf(first)}`);
          await look(site, page, 'views-parquet');
          await page.getByText('Columns: 10 of 10 shown').click();
          for (const k of [0, 1, 2, 3, 4, 5, 6]) await page.getByRole('checkbox', { name: `channel_${k}` }).uncheck();
          await look(site, page, 'views-parquet-columns');
          await page.getByText('Columns: 3 of 10 shown').click();
          await until('what was asked for', async () => !(await page.locator('.awaited').count()));
          sent();
          await rows.focus();
          await page.keyboard.press('Control+End');
          await rows.getByText('Station 49', { exact: true }).waitFor();
          equal((await cells(page)).at(-1)?.slice(0, 2), ['60,000', '59999']);
          const last = sent();
          ok(
            last.length === 1 && bytesOf(last) < 0.12 * parquet.length,
            `the last rows of three columns, ${bytesOf(last)} in ${last.length}`,
          );
          await page.getByRole('button', { name: 'Close' }).click();
          await open(page, 'large.parquet');
          await rows.getByText('Station 3', { exact: true }).waitFor();
          equal(sent().length, 0, 'what the cache holds is not asked for');
          await open(page, 'packed.parquet');
          await page.getByRole('grid', { name: 'Rows of packed.parquet' }).getByText('Station 3', { exact: true }).waitFor();
          equal((await cells(page))[1]?.slice(0, 4), ['2', '1', '2024-01-01 00:01:00Z', 'Station 1']);
          await open(page, 'none.parquet');
          await page.getByRole('alert').getByText('The request cannot be made like this').waitFor();

          // pictures: never anything but an image
          await open(page, 'wide.png');
          const image = page.getByRole('img', { name: 'wide.png' });
          await image.waitFor();
          await page.getByText('900 × 500 px').waitFor();
          ok((await image.boundingBox())!.width < 700, 'it fits');
          await look(site, page, 'views-picture');
          await page.getByRole('button', { name: 'Own size' }).click();
          equal((await image.boundingBox())!.width, 900);
          await page.getByRole('button', { name: 'Larger' }).click();
          equal((await image.boundingBox())!.width, 1800);
          await page.getByRole('button', { name: 'Fit', exact: true }).click();
          await open(page, 'drawing.svg');
          await page.getByRole('img', { name: 'drawing.svg' }).waitFor();
          await page.getByText('200 × 100 px').waitFor();
          equal(await page.evaluate(() => 'pwned' in globalThis), false, 'no script of a picture runs');
          sent();
        });
        await site.visit(
          async ({ page }) => {
            await connectTo(page, place.server, place.url);
            await open(page, 'large.csv');
            await page.getByRole('grid', { name: 'Rows of large.csv' }).waitFor();
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            ok(wide <= 380, `nothing is wider than a phone, ${wide}`);
            await look(site, page, 'views-csv-phone');
          },
          { viewport: { width: 380, height: 760 } },
        );
      });
    });
  },
  { timeoutMs: 180_000 },
);
