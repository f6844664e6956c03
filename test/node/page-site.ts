/**
 * The page for tests of what people do with it over several visits: built, served under its policy, in a Chromium that is clicked through from outside.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { chromium, type BrowserContext, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { Client, type ObjectStore } from '../../src/index.ts';
import { env, need, uniqueName, type S3Server } from '../env.ts';
import { equal, skip } from '../harness.ts';

/** What the tools of test/ are, which no bundle takes in. */
const tool = <T>(path: string): Promise<T> => import(pathToFileURL(join(process.cwd(), 'test/tools', path)).href) as Promise<T>;

/** A person's browser. */
export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What was against the policy, and errors that nobody caught. */
  readonly wrong: string[];
}

/** The page that is served. */
export interface PageSite {
  readonly address: string;
  /** The folder of its files. */
  readonly dir: string;
  /** A profile of its own, as a new person has it; nothing may have gone wrong at its end. */
  visit(use: (visit: Visit) => Promise<void>, options?: BrowserContextOptions): Promise<void>;
  /** A picture of all of the page, in build/pages, for people to look at. */
  picture(page: Page, name: string): Promise<void>;
}

/** Serve the page and start a browser, for as long as `use` takes. Skips where there is none, and in all engines but one. */
export async function withSite(use: (site: PageSite) => Promise<void>): Promise<void> {
  if (env().engine !== 'node') skip('Node alone clicks through the page');
  const { browsers } = await tool<{ browsers: Record<string, { program(): string | undefined }> }>('browsers.mjs');
  const executablePath = browsers['chromium']?.program() ?? skip('no Chromium');
  const { buildPage } = await tool<{ buildPage(dir: string): Promise<void> }>('demo/build-page.mjs');
  const { servePage } = await tool<{ servePage(options: object): Promise<{ address: string; close(): Promise<void> }> }>(
    'demo/page-server.mjs',
  );
  const dir = mkdtempSync(join(tmpdir(), 'anyfile-page-'));
  await buildPage(dir);
  const server = await servePage({ dir, data: () => ({}) });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-quic'] });
  const picture = async (page: Page, name: string): Promise<void> =>
    void (await page.screenshot({ path: join(process.cwd(), 'build/pages', `${name}.png`), fullPage: true }));
  try {
    await use({
      address: server.address,
      dir,
      picture,
      async visit(act, options) {
        const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
        context.setDefaultTimeout(20_000);
        // nothing is offered: a person types
        await context.route('**/demo.json', (route) => route.fulfill({ status: 404 }));
        const wrong: string[] = [];
        await context.exposeFunction('toldOfViolation', (text: string) => wrong.push(text));
        await context.addInitScript(() => {
          document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
            (globalThis as unknown as { toldOfViolation(text: string): void }).toldOfViolation(`${violatedDirective} ${blockedURI}`);
          });
        });
        context.on('weberror', (error) => void wrong.push(String(error.error())));
        try {
          const page = await context.newPage();
          await page.goto(server.address);
          await act({ context, page, wrong });
          equal(wrong, [], 'violations of the policy, and errors that nobody caught');
        } catch (error) {
          for (const [i, page] of context.pages().entries()) await picture(page, `failed-${i}`).catch(() => {});
          throw error;
        } finally {
          await context.close();
        }
      },
    });
  } finally {
    await browser.close();
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Type what a person types, and connect. */
export async function connectTo(page: Page, { endpoint, region, accessKeyId, secretAccessKey }: S3Server, url: string): Promise<void> {
  await page.getByLabel('URL', { exact: true }).fill(url);
  await page.getByLabel('Endpoint').fill(endpoint);
  await page.getByLabel('Region').fill(region);
  await page.getByLabel('Access key ID').fill(accessKeyId);
  await page.getByLabel('Secret access key').fill(secretAccessKey);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('grid', { name: 'Files and folders' }).waitFor();
}

/** Names in the listing, as they are drawn. */
export const namesIn = (page: Page): Promise<string[]> => page.locator('anyfile-listing .grid-body [role=row] .name').allTextContents();

/** A corner of a bucket, and a folder of this disk. */
export async function withPlace(
  use: (place: { server: S3Server; store: ObjectStore; url: string; dir: string }) => Promise<void>,
): Promise<void> {
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
export async function drop(page: Page, selector: string, files: string[]): Promise<void> {
  const box = (await page.locator(selector).boundingBox())!;
  const session = await page.context().newCDPSession(page);
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, ...at, data });
  await session.detach();
}

/** The row of the panel that tells of a file. */
export const transfer = (page: Page, name: string): Locator =>
  page.getByRole('region', { name: 'Transfers' }).getByRole('listitem').filter({ hasText: name });
