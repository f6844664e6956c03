// The page by clicks in Chromium where not all is at hand: scripts from another origin, and no network.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { equal, ok, test } from '../harness.ts';
import { connectTo, withPlace, withSite, type PageSite } from './page-site.ts';

const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' };

/** What answers a path. */
type Answer = (path: string) => Promise<{ body: string | Buffer; headers?: Record<string, string> }>;

/** A server of its own, and so an origin, for as long as `use` takes; what it does not have is 404. */
async function withOrigin(answer: Answer, use: (origin: string, asked: string[]) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = normalize(request.url!.split('?', 1)[0]!);
    asked.push(path);
    answer(path).then(
      ({ body, headers }) => response.writeHead(200, { 'content-type': types[extname(path) || '.html'] ?? '', ...headers }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Scripts and styles from another origin, which the page's policy names. */
async function elsewhere(site: PageSite): Promise<void> {
  const files: Answer = async (path) => ({ body: await readFile(join(site.dir, path)), headers: { 'access-control-allow-origin': '*' } });
  const index = await fetch(site.address);
  const html = await index.text();
  const policy = index.headers.get('content-security-policy')!;
  await withOrigin(files, (cdn, asked) => {
    const headers = { 'content-security-policy': policy.replaceAll(/(?<=(script|style)-src )'self'/g, cdn) };
    const body = html.replaceAll(/(src|href)="([\w/]+\.(?:js|css))"/g, `$1="${cdn}/$2" crossorigin`);
    const home: Answer = async (path) => (path === '/' ? { body, headers } : Promise.reject(new Error('nothing else is here')));
    return withOrigin(home, (origin) =>
      withPlace(({ server, store, url }) =>
        site.visit(async ({ page }) => {
          await store.put('table.csv', 'x,y\n1,2\n', { contentType: 'text/csv' });
          await page.goto(origin);
          await connectTo(page, server, url);
          await page.locator('anyfile-listing .name', { hasText: 'table.csv' }).click();
          await page.getByText('✓ verified').waitFor();
          await page.getByRole('gridcell', { name: '2', exact: true }).waitFor();
          ok(asked.includes('/main.js') && asked.some((path) => path.startsWith('/chunks/')), 'what is loaded on use comes from there too');
        }),
      ),
    );
  });
}

/** What was read is kept by the browser, and is read again without a network. */
const withoutNetwork = (site: PageSite): Promise<void> =>
  withPlace(({ server, store, url }) =>
    site.visit(async ({ page, context }) => {
      await store.put('kept.txt', 'what was kept', { contentType: 'text/plain' });
      await store.put('other.txt', 'what was not', { contentType: 'text/plain' });
      const choose = async (ask: string): Promise<void> => {
        const keep = page.getByLabel('Keep what was read');
        if (!(await keep.isVisible())) await page.locator('summary', { hasText: /^Cache$/ }).click();
        await keep.selectOption('indexeddb');
        await page.getByLabel('Ask whether it has changed').selectOption(ask);
      };
      await choose('revalidate');
      await connectTo(page, server, url);
      await page.locator('anyfile-listing .name', { hasText: 'kept.txt' }).click();
      await page.getByText('✓ verified').waitFor();
      await page.getByRole('button', { name: 'Disconnect' }).click();
      await context.setOffline(true);
      const open = async (name: string): Promise<void> => {
        await choose('offline');
        await page.getByLabel('URL', { exact: true }).fill(url + name);
        await page.getByLabel('Endpoint').fill(server.endpoint);
        await page.getByLabel('Region').fill(server.region);
        await page.getByLabel('Access key ID').fill(server.accessKeyId);
        await page.getByLabel('Secret access key').fill(server.secretAccessKey);
        await page.getByRole('button', { name: 'Connect', exact: true }).click();
      };
      await open('kept.txt');
      await page.locator('anyfile-viewer .panel pre', { hasText: 'what was kept' }).waitFor();
      equal(await page.getByText('what was not').count(), 0);
      await page.getByRole('button', { name: 'Disconnect' }).click();
      await open('other.txt');
      await page.locator('[role=alert] .badge', { hasText: 'NotCached' }).waitFor();
      await context.setOffline(false);
    }),
  );

test(
  'the page by clicks: scripts from another origin; no network, and what was kept before',
  () =>
    withSite(async (site) => {
      await elsewhere(site);
      await withoutNetwork(site);
    }),
  { timeoutMs: 180_000 },
);
