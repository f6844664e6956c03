// Pages in a real Chromium, by playwright-core.
import { chromium } from 'playwright-core';
import { browsers } from '../browsers.mjs';

/**
 * Starts Chromium when the first page is opened.
 *
 * @returns `open(url)`, which gives the page's `report` and what was said and loaded meanwhile, and `close`
 */
export function startChromium() {
  let started;
  const launch = () =>
    chromium.launch({
      executablePath: browsers.chromium.program(),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  return {
    async open(url, { timeoutMs = 60_000 } = {}) {
      started ??= launch();
      const context = await (await started).newContext();
      try {
        const page = await context.newPage();
        const said = [];
        const loaded = [];
        page.on('console', (message) => ['error', 'warning'].includes(message.type()) && said.push(message.text()));
        page.on('pageerror', (error) => said.push(String(error.stack ?? error)));
        page.on('response', (response) => loaded.push(new URL(response.url()).pathname));
        await page.goto(url);
        const handle = await page
          .waitForFunction(() => globalThis.report, undefined, { timeout: timeoutMs })
          .catch((error) => {
            throw new Error(`the page did not report: ${error.message.split('\n')[0]}\n${said.join('\n')}`, { cause: error });
          });
        return { report: await handle.jsonValue(), said, loaded };
      } finally {
        await context.close();
      }
    },
    async close() {
      await (await started)?.close();
    },
  };
}
