// The page's views in each engine, under the policy: tables by ranges, pictures, Zarr, the doctor.
import { h, render } from 'preact';
import { mountPicture } from '../../src/demo/views/picture-view.ts';
import { VirtualTable } from '../../src/demo/views/virtual-table.ts';
import { Client } from '../../src/index.ts';
import { need, uniqueName } from '../env.ts';
import { equal, ok, test } from '../harness.ts';
import { largeCsv, largeParquet, png, zarr2, zarr3 } from '../conformance/view-files.ts';
import { openScenario } from '../servers/fixture/client.ts';
import { elements, until, violations, withPage, type Mounted } from './demo-page.ts';

/** A bucket's folder with one file of each kind. */
async function putFiles(): Promise<{ form: Record<string, string>; end(): Promise<void> }> {
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = need('versitygw');
  const client = new Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const url = `s3://${bucket}/${uniqueName('views')}/`;
  const found: [string, Uint8Array][] = [
    ['large.csv', largeCsv(20_000)],
    ['large.parquet', largeParquet({ rows: 20_000 })],
    ['wide.png', await png(60, 40)],
  ];
  for (const [name, bytes] of await zarr3()) found.push([`cube.zarr/${name}`, bytes]);
  for (const [name, bytes] of await zarr2()) found.push([`old.zarr/${name}`, bytes]);
  await client.files(url).puts(found.map(([path, content]) => ({ path, content })));
  return {
    form: { url, endpoint, region, accessKeyId, secretAccessKey },
    async end() {
      await client.files(url).delete(found.map(([path]) => path));
      await client.close();
    },
  };
}

const text = (page: Mounted, selector: string): string => page.root.querySelector(selector)?.textContent ?? '';
const cells = (page: Mounted): string[] =>
  [...page.root.querySelectorAll('anyfile-view [role=gridcell]')].map(({ textContent }) => textContent ?? '');

test('tables, pictures, arrays and the doctor in this engine', async () => {
  await elements();
  const place = await putFiles();
  try {
    await withPage(async (page) => {
      await page.connect(place.form, 'keys');
      await page.choose('large.csv');
      await page.until('the rows', () => cells(page)[1] === 'Ort 0, Zürich');
      ok(text(page, 'anyfile-view [role=status]').startsWith('Read 262 kB of 1.5 MB'), text(page, 'anyfile-view [role=status]'));
      await page.choose('large.parquet');
      await page.until('rows of Parquet', () => cells(page).includes('Station 3'));
      await page.choose('wide.png');
      await page.until('the picture', () => page.root.querySelector<HTMLImageElement>('anyfile-view img')?.naturalWidth === 60);
      await page.choose('old.zarr/');
      await page.until('the tree', () => text(page, 'anyfile-hdf5-tree').includes('grid'));
      [...page.root.querySelectorAll<HTMLElement>('.tree-row')].find((row) => row.firstChild?.textContent === 'grid')!.click();
      const label = (): string => page.root.querySelector('anyfile-hdf5-slice [role=img]')?.getAttribute('aria-label') ?? '';
      await page.until('the heat map', () => label() === '/grid: 20 rows and 30 columns, from 0 to 599');
      [...page.root.querySelectorAll('button')].find(({ textContent }) => textContent === 'Doctor')!.click();
      await page.until('what the doctor says', () => text(page, '.doctor').includes('Nothing is wrong with what could be looked at.'));
      ok(page.root.querySelectorAll('.checks > li').length >= 7, 'some checks');
    });
  } finally {
    await place.end();
  }
  equal(violations, []);
});

test('pictures of each kind are images and nothing else; what is none is told', async () => {
  await elements();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [30, 20];
  canvas.getContext('2d')!.fillRect(0, 0, 30, 20);
  const written = (type: string): Promise<Blob | null> => new Promise((resolve) => canvas.toBlob(resolve, type));
  const blobs = [await written('image/jpeg'), await written('image/webp'), await written('image/png')];
  const gif = Uint8Array.from(atob('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'), (letter) => letter.charCodeAt(0));
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="top.pwned = 1"><script>top.pwned = 1</script></svg>';
  blobs.push(new Blob([gif], { type: 'image/gif' }), new Blob([svg], { type: 'image/svg+xml' }), new Blob(['x'], { type: 'image/avif' }));
  const sizes: string[] = [];
  for (const blob of blobs) {
    const host = document.createElement('div');
    document.body.append(host);
    const bytes = new Uint8Array(await blob!.arrayBuffer());
    const mounted = await mountPicture(host, { name: 'a picture', bytes, type: blob!.type });
    sizes.push(host.querySelector('[role=status]')?.textContent?.replace(/, .*/, '') ?? host.textContent ?? '');
    mounted.close();
    equal(host.childElementCount, 0, 'nothing is left');
    host.remove();
  }
  const drawn = '30 × 20 px';
  equal(sizes, [drawn, drawn, drawn, '1 × 1 px', '9 × 9 px', 'The browser cannot draw this picture.']);
  ok(!('pwned' in globalThis), 'no script of a picture runs');
  equal(violations, []);
});

test('the signed query of a web address is nowhere in the page, though it is read by ranges', async () => {
  await elements();
  need('fixture');
  const text = new TextDecoder().decode(largeCsv(15_000));
  const web = await openScenario('http', { files: { '/data/large.csv': { text, headers: { 'content-type': 'text/csv' } } } });
  try {
    await withPage(async (page) => {
      await page.connect({ url: `${web.endpoint}/data/large.csv?X-Amz-Signature=canary` });
      await page.until('the rows', () => cells(page)[1] === 'Ort 0, Zürich');
      equal(page.root.querySelector('anyfile-view [role=grid]')?.getAttribute('aria-label'), 'Rows of large.csv');
      ok(!document.documentElement.outerHTML.includes('canary'), 'no query');
      [...page.root.querySelectorAll('button')].find(({ textContent }) => textContent === 'Doctor')!.click();
      await page.until('what the doctor says', () => page.root.querySelector('.checks'));
      ok(!document.documentElement.outerHTML.includes('canary'), 'no query at the doctor');
    });
  } finally {
    await web.close();
  }
  equal(violations, []);
});

test('a table of ten million rows: keys are exact, few rows are in the page', async () => {
  await elements();
  const host = document.createElement('div');
  document.body.append(host);
  const seen: [number, number][] = [];
  const columns = ['a', 'b'].map((title) => ({ title, px: 100 }));
  const cell = (row: number, column: number): string => `${row}:${column}`;
  const onView = (...range: [number, number]): void => void seen.push(range);
  render(h(VirtualTable, { label: 'Many', columns, rowCount: 10_000_000, cell, onView }), host);
  const grid = host.querySelector<HTMLElement>('[role=grid]')!;
  grid.style.height = '320px';
  const press = (key: string, ctrlKey = false): boolean =>
    grid.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true }));
  const active = (): string | undefined =>
    host.querySelector(`[id="${grid.getAttribute('aria-activedescendant')}"]`)?.textContent ?? undefined;
  const at = (text: string): Promise<boolean> => until(text, () => active() === text);
  await at('0:0');
  press('End', true);
  await at('9999999:1');
  press('ArrowUp');
  await at('9999998:1');
  press('PageUp');
  press('ArrowLeft');
  await until('a page before', () => /^99999\d\d:0$/.test(active() ?? '') && active() !== '9999998:0');
  ok(host.querySelectorAll('.grid-body [role=row]').length <= 60, 'few rows');
  grid.scrollTop = (grid.scrollHeight - grid.clientHeight) / 2;
  await until('the middle', () => seen.at(-1)![0] > 4_990_000 && seen.at(-1)![1] < 5_010_000);
  press('Home', true);
  await at('0:0');
  equal(grid.scrollTop, 0);
  render(null, host);
  host.remove();
});
