/**
 * What tests of the page's views ask of it: which ranges it read, and what axe has to say about it.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import type { Page } from 'playwright-core';
import { Client } from '../../src/index.ts';
import { need, uniqueName, type S3Server } from '../env.ts';
import { equal } from '../harness.ts';
import type { PageSite } from './page-site.ts';

/** One request to the store. */
export interface Sent {
  readonly method: string;
  /** The key below the test's folder, or `?` and the prefix of a listing. */
  readonly key: string;
  /** As it was asked for, without `bytes=`. */
  readonly range: string | undefined;
  readonly status: number;
  /** Of the answer's body. */
  readonly bytes: number;
}

/** Files in a folder of their own for as long as `use` takes. */
export async function withFiles(
  files: Iterable<readonly [path: string, content: Uint8Array | string, contentType?: string]>,
  use: (place: { server: S3Server; prefix: string; url: string }) => Promise<void>,
): Promise<void> {
  const server = need('versitygw');
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = server;
  const client = new Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const prefix = `${uniqueName('views')}/`;
  const url = `s3://${bucket}/${prefix}`;
  try {
    const items = [...files].map(([path, content, contentType]) => ({ path, content, ...(contentType && { contentType }) }));
    await client.files(url).puts(items);
    await use({ server, prefix, url });
    await client.files(url).delete(items.map(({ path }) => path));
  } finally {
    await client.close();
  }
}

/** Write down what a page asks of the store; the answer gives what was asked since it was last called. */
export function watchStore(page: Page, { server, prefix }: { server: S3Server; prefix: string }): () => Sent[] {
  let list: Sent[] = [];
  page.on('response', (response) => {
    const request = response.request();
    const { origin, pathname, searchParams } = new URL(request.url());
    if (origin !== new URL(server.endpoint).origin) return;
    const isListing = searchParams.has('list-type');
    const key = isListing ? `?${searchParams.get('prefix') ?? ''}` : decodeURIComponent(pathname).replace(`/${server.bucket}/`, '');
    list.push({
      method: request.method(),
      key: key.replace(prefix, ''),
      range: request.headers()['range']?.replace('bytes=', ''),
      status: response.status(),
      bytes: Number(response.headers()['content-length'] ?? 0),
    });
  });
  return () => {
    const sent = list;
    list = [];
    return sent;
  };
}

/** Bytes of all answers. */
export const bytesOf = (sent: readonly Sent[]): number => sent.reduce((sum, { bytes }) => sum + bytes, 0);

/** Hold a page, as it is, to axe in light and dark, and take pictures of both. */
export async function look(site: PageSite, page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await site.picture(page, `${name}-${colorScheme}`);
    // what is where does not depend on colours
    equal(
      await seriousIn(page, colorScheme === 'light' ? undefined : ['color-contrast']),
      [],
      `what axe finds on ${name} in ${colorScheme}`,
    );
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

/** What axe finds that is serious or critical. */
async function seriousIn(page: Page, rules: string[] | undefined): Promise<string[]> {
  const path = createRequire(join(process.cwd(), 'package.json')).resolve('axe-core/axe.min.js');
  // evaluated by the debugger, which no policy of the page is asked about
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(readFileSync(path, 'utf8'));
  const violations = await page.evaluate(async (only) => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Violation[]; passes: unknown[] }> } };
    const found = await axe.run(only ? { runOnly: only } : {});
    if (found.passes.length === 0) throw new Error('axe looked at nothing');
    return found.violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
    }));
  }, rules);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`));
}
