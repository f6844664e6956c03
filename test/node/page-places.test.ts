// The page by clicks in Chromium: downloads, folders of this computer, tags and labels, a remote signer.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../../src/index.ts';
import { createSignerHandler } from '../../src/signer.ts';
import { noise } from '../conformance/noise.ts';
import type { S3Server } from '../env.ts';
import { equal, ok, sameBytes, test } from '../harness.ts';
import { connectTo, drop, transfer, withPlace, withSite, type PageSite } from './page-site.ts';
import { look } from './views-rig.ts';

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
    await look(site, page, 'start');
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

/** Tags and labels of a file, as the store has them. */
async function metadataOf({ endpoint, region, accessKeyId, secretAccessKey }: S3Server, url: string): Promise<unknown> {
  const client = new Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const { labels, tags, timestamp } = await client.datafile(url);
  await client.close();
  return { labels: [...labels], tags: { ...tags }, timestamp: timestamp?.toString() };
}

async function editing(site: PageSite): Promise<void> {
  await withPlace(async ({ server, store, url }) => {
    await store.put('run.csv', 'a\n1\n', { contentType: 'text/csv' });
    await site.visit(async ({ page }) => {
      await connectTo(page, server, url);
      await page.getByRole('button', { name: 'Edit tags and labels… of run.csv' }).click();
      const dialog = page.getByRole('dialog', { name: 'Tags and labels of run.csv' });
      await dialog.getByLabel('Labels').fill('wind, Not A Label!');
      await dialog.getByRole('button', { name: 'Add a tag' }).click();
      await dialog.getByLabel('Name of tag 1').fill('height');
      await dialog.getByLabel('Value of height').fill('12.5');
      await dialog.getByRole('button', { name: 'Add a tag' }).click();
      await dialog.getByLabel('Name of tag 2').fill('site');
      await dialog.getByLabel('Value of site').fill('"12"');
      await dialog.getByRole('button', { name: 'Store' }).click();
      await dialog.getByRole('alert').filter({ hasText: 'label' }).waitFor();
      await look(site, page, 'metadata');
      await dialog.getByLabel('Labels').fill('wind, tower');
      await dialog.getByLabel('Timestamp').fill('2026-01-05T12:00:00+00:00');
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      equal(await metadataOf(server, `${url}run.csv`), {
        labels: ['tower', 'wind'],
        tags: { height: 12.5, site: '12' },
        timestamp: '2026-01-05T12:00:00+00:00',
      });
      // the same in the table of a dataset, which shows what came of it
      await page.getByRole('button', { name: 'Show as a dataset' }).click();
      await page.locator('anyfile-dataset').getByRole('button', { name: 'Edit tags and labels… of run.csv' }).click();
      equal(await dialog.getByLabel('Value of site').inputValue(), '"12"');
      await dialog.getByRole('button', { name: 'Remove site' }).click();
      await dialog.getByRole('button', { name: 'Store' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.locator('anyfile-dataset .tag', { hasText: 'height 12.5' }).waitFor();
      equal(await page.locator('anyfile-dataset .tag').count(), 1);
      await page.keyboard.press('Escape');
    });
  });
}

/** A server of an app that signs for one folder, for who has the token. */
async function withSigner(server: S3Server, url: string, use: (address: string) => Promise<void>): Promise<void> {
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  const handle = createSignerHandler({
    allow: [{ url: url.replace('s3://', `s3://${endpoint}/`), operations: ['read', 'list'] }],
    credentials: { accessKeyId, secretAccessKey },
    region,
    authorize: (request) => (request.headers.get('authorization') === 'Bearer of-this-test' ? true : null),
    origins: '*',
  });
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = 'GET', headers } = request;
      const body = method === 'POST' ? Buffer.concat(chunks) : undefined;
      const asked = new Request('http://127.0.0.1/sign', { method, headers: headers as Record<string, string>, ...(body && { body }) });
      void handle(asked).then(async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(await answer.text());
      });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  await use(`http://127.0.0.1:${(http.address() as AddressInfo).port}/sign`);
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
}

async function signing(site: PageSite): Promise<void> {
  await withPlace(async ({ server, store, url }) => {
    await store.put('a.txt', 'signed elsewhere', { contentType: 'text/plain' });
    await withSigner(server, url, (signer) =>
      site.visit(async ({ page }) => {
        await page.getByLabel('URL', { exact: true }).fill(url);
        await page.getByLabel('Remote signer').check();
        equal(await page.getByLabel('Secret access key').isVisible(), false, 'no key is asked for');
        await page.getByLabel('Endpoint').fill(server.endpoint);
        await page.getByLabel('Signer', { exact: true }).fill(signer);
        await page.getByLabel('Its bearer token').fill('of-this-test');
        await page.getByRole('button', { name: 'Connect', exact: true }).click();
        await page.locator('anyfile-listing .name', { hasText: 'a.txt' }).click();
        await page.getByText('signed elsewhere').waitFor();
        await page.getByText('✓ verified').waitFor();
        ok(!(await page.content()).includes('X-Amz-'), 'no signed URL in sight');
        equal(await page.locator('[name=signerToken]').inputValue(), '', 'the token is not kept in its field');
      }),
    );
  });
}

test(
  'the page by clicks: downloads, folders of this computer, tags and labels, a signer',
  () =>
    withSite(async (site) => {
      await local(site);
      await downloading(site);
      await editing(site);
      await signing(site);
    }),
  { timeoutMs: 240_000 },
);
