// The demo page: its root element in a real page, against real servers, under the policy that `npm start` serves it with.
import { Client, openStore, type ObjectStore } from '../../src/index.ts';
import { need, uniqueName, type S3Server } from '../env.ts';
import { equal, ok, test } from '../harness.ts';
import { openScenario } from '../servers/fixture/client.ts';
import { elements, pairs, until, violations, withPage } from './demo-page.ts';

/** What a page could leak by: its markup, its fields, its address, its storage. */
function traces(): string {
  const fields = [...document.querySelectorAll<HTMLInputElement>('input, select, textarea')].map(({ value }) => value);
  const kept = [localStorage, sessionStorage].flatMap((storage) => Object.entries(storage).flat());
  return [document.documentElement.outerHTML, location.href, document.title, document.cookie, ...fields, ...kept].join('\n');
}

async function put(server: S3Server, files: Record<string, [text: string, contentType: string]>): Promise<string> {
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = server;
  const prefix = uniqueName('demo');
  const client = new Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const items = Object.entries(files).map(([path, [content, contentType]]) => ({ path: `${prefix}/${path}`, content, contentType }));
  await client.files(`s3://${bucket}`).puts(items);
  await client.close();
  return prefix;
}

const form = ({ endpoint, region, accessKeyId, secretAccessKey }: S3Server): Record<string, string> => ({
  endpoint,
  region,
  accessKeyId,
  secretAccessKey,
});

test('the policy is in force', async () => {
  await elements();
  const before = violations.length;
  const element = document.createElement('p');
  element.setAttribute('style', 'color: red');
  document.body.append(element);
  await until('a violation', () => violations.length > before);
  element.remove();
  violations.length = 0;
});

test('connect, list, open a file: verified in one request, and no secret stays in the page', async () => {
  await elements();
  const server = need('versitygw');
  const prefix = await put(server, {
    'table.csv': ['a,b\n1,"x, y"\n2,<b>z</b>\n', 'text/csv'],
    'deep/tree.json': ['{"list":[1,2]}', 'application/json'],
  });
  await withPage(async (page) => {
    await page.connect({ url: `s3://${server.bucket}/${prefix}/`, ...form(server) });
    await page.choose('table.csv');
    await page.until('the badge', () => page.root.querySelector('anyfile-viewer .badge.good'));
    const facts = page.facts();
    equal(facts['Content type'], 'text/csv');
    ok(facts['Size']?.includes('(24 bytes)'), `a size, ${facts['Size']}`);
    ok(facts['Read']?.startsWith('all of it: 1 request, 0 retries'), `one request, ${facts['Read']}`);
    ok(/^"[\da-f]{32}"$/.test(facts['ETag'] ?? ''), 'an ETag');
    const cells = [...page.root.querySelectorAll('anyfile-viewer [role=gridcell]')].map(({ textContent }) => textContent);
    equal(cells, ['1', 'x, y', '2', '<b>z</b>']);
    equal(pairs(page.one('anyfile-meter .figures'))['Files verified'], '1');
    const left = traces();
    ok(!left.includes(server.secretAccessKey), 'no secret');
    ok(!left.includes('X-Amz-'), 'no signed query');

    await page.choose('deep/');
    await page.choose('tree.json');
    await page.until('the tree', () => page.root.querySelector('anyfile-viewer .json-key'));
  });
});

test('bytes are read by range', async () => {
  await elements();
  const server = need('versitygw');
  const prefix = await put(server, { 'a.txt': ['0123456789'.repeat(100), 'text/plain'] });
  await withPage(async (page) => {
    await page.connect({ url: `s3://${server.bucket}/${prefix}/a.txt`, ...form(server) });
    const tab = await page.until('the tab', () =>
      [...page.root.querySelectorAll<HTMLElement>('[role=tab]')].find(({ textContent }) => textContent === 'Bytes'),
    );
    const requests = (): string | undefined => pairs(page.one('anyfile-meter .figures'))['Requests'];
    const before = Number(requests());
    tab.click();
    const shown = await page.until('the bytes', () => page.root.querySelector('anyfile-hex pre')?.textContent);
    ok(shown.startsWith('00000000  30 31 32 33 34 35 36 37'), `bytes, ${shown.slice(0, 60)}`);
    await page.until('the range in words', () => page.one('anyfile-hex [role=status]').textContent?.includes('Bytes 0 to 255 of 1,000'));
    equal(Number(requests()), before + 1);
  });
});

test('a wrong secret is told from CORS, and the form is back without it', async () => {
  await elements();
  need('fixture');
  const s3 = await openScenario('s3');
  await withPage(async (page) => {
    const { endpoint, region, credentials } = s3;
    const secretAccessKey = 'canary-of-a-secret';
    await page.connect({ url: `s3://${s3.bucket}/`, endpoint, region, accessKeyId: credentials.accessKeyId, secretAccessKey });
    const code = await page.until('the error', () => page.root.querySelector('[role=alert] .badge'));
    equal(code.textContent, 'SignatureMismatch');
    ok(page.one('details.card').hasAttribute('open'), 'the form');
    ok(!traces().includes(secretAccessKey), 'no secret');
  });
  await s3.close();
});

test('a file on the web is read without keys; its signed query is not shown', async () => {
  await elements();
  need('fixture');
  const web = await openScenario('http', {
    files: { '/data/public.json': { text: '[{"n":1},{"n":2}]', headers: { 'content-type': 'application/json' } } },
  });
  await withPage(async (page) => {
    await page.connect({ url: `${web.endpoint}/data/public.json?X-Amz-Signature=canary` });
    const badge = await page.until('the badge', () => page.root.querySelector('anyfile-viewer .badge'));
    equal(badge.textContent, 'not verified');
    equal(page.one('anyfile-viewer h2').textContent, 'public.json');
    equal(
      [...page.root.querySelectorAll('anyfile-viewer [role=gridcell]')].map(({ textContent }) => textContent),
      ['1', '2'],
    );
    ok(!traces().includes('canary'), 'no query');
  });
  await web.close();
});

test('nor is it shown of a file on the web that is not there', async () => {
  await elements();
  need('fixture');
  const web = await openScenario('http', { files: { '/data/public.json': { text: '{}' } } });
  await withPage(async (page) => {
    await page.connect({ url: `${web.endpoint}/data/none.json?X-Amz-Signature=canary` });
    await page.until('the listing', () => page.root.classList.contains('connected') && page.root.textContent?.includes('none.json'));
    await page.until('its end', () => !/Connecting…|Listing/.test(page.root.textContent ?? ''));
    ok(!traces().includes('canary') && !page.root.textContent?.includes('canary'), 'no query');
  });
  await web.close();
});

test('a bearer token opens a bucket of GCS and is not kept', async () => {
  await elements();
  need('fixture');
  const gcs = await openScenario('gcs', { objects: [{ key: 'dir/a.txt', text: 'hello', contentType: 'text/plain' }] });
  await withPage(async (page) => {
    await page.connect({ url: `gs://${gcs.bucket}/dir/`, endpoint: gcs.endpoint, accessToken: gcs.accessToken }, 'token');
    await page.choose('a.txt');
    await page.until('the badge', () => page.root.querySelector('anyfile-viewer .badge.good'));
    equal(page.one('anyfile-viewer .panel pre').textContent, 'hello');
    ok(!traces().includes(gcs.accessToken), 'no token');
  });
  await gcs.close();
});

test('a server without CORS is told from a wrong key', async () => {
  await elements();
  need('fixture');
  const s3 = await openScenario('s3', { cors: false });
  await withPage(async (page) => {
    const { accessKeyId, secretAccessKey } = s3.credentials;
    await page.connect({ url: `s3://${s3.bucket}/`, endpoint: s3.endpoint, region: 'us-east-1', accessKeyId, secretAccessKey });
    const box = await page.until('the error', () => page.root.querySelector('[role=alert] section'));
    equal(box.querySelector('.badge')?.textContent, 'CorsOrNetwork');
    ok(box.textContent?.includes(location.origin), 'rules that name this page');
  });
  await s3.close();
});

async function showListing(store: ObjectStore, prefix: string): Promise<HTMLElement & { show: unknown }> {
  await elements();
  const { Listing } = await import('../../src/demo/listing.ts');
  const listing = new Listing();
  document.body.append(listing);
  ok(await listing.show(store, store.url, prefix), 'a listing');
  return listing;
}

test('a listing of thousands keeps some dozens of rows in the page', async () => {
  await elements();
  const store = openStore('mem://many', { clock: () => 0 });
  for (let i = 0; i < 2500; i++) await store.put(`d/${String(i).padStart(4, '0')}`, 'x');
  const listing = await showListing(store, 'd/');
  const rows = (): HTMLElement[] => [...listing.querySelectorAll<HTMLElement>('.grid-body [role=row]')];
  const grid = listing.querySelector<HTMLElement>('[role=grid]')!;
  const last = await until('the last row', () => {
    grid.dispatchEvent(new KeyboardEvent('keydown', { key: 'End' }));
    return rows().find(({ textContent }) => textContent?.startsWith('2499'));
  });
  ok(rows().length <= 60, `few rows instead of ${rows().length}`);
  equal(grid.getAttribute('aria-activedescendant'), last.id);
  await until('the end of the listing', () => grid.getAttribute('aria-rowcount') === '2501');
  equal(last.getAttribute('aria-rowindex'), '2501');
  listing.remove();
});

test('names and contents are text, never markup', async () => {
  await elements();
  const store = openStore('mem://markup', { clock: () => 0 });
  const name = '<img src=x onerror=alert(1)>.txt';
  await store.put(name, 'x');
  const listing = await showListing(store, '');
  equal(listing.querySelector('.grid-body .name')?.textContent, name);
  equal(listing.querySelectorAll('img').length, 0);
  listing.remove();
});

test('nothing of all this violated the policy', async () => {
  await elements();
  equal(violations, []);
});
