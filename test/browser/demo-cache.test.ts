// The cache panel of the demo page: what it shows as files are read, its choices and its buttons, by clicks.
import { Client } from '../../src/index.ts';
import { equal, ok, test } from '../harness.ts';
import { openScenario } from '../servers/fixture/client.ts';
import { elements, pairs, violations, withPage, type Mounted } from './demo-page.ts';

const files = { 'a.txt': 'first', 'b.txt': 'second', 'deep/c.txt': 'third' };

/** A bucket with a few files, and what the form has to say for it. */
async function withBucket(use: (form: Record<string, string>, put: (path: string, text: string) => Promise<unknown>) => Promise<void>) {
  const { endpoint, bucket, region, credentials, close } = await openScenario('s3', {});
  const { accessKeyId, secretAccessKey } = credentials;
  const client = new Client({ endpoint, region, credentials });
  const there = client.files(`s3://${bucket}`);
  await there.puts(Object.entries(files).map(([path, content]) => ({ path, content, contentType: 'text/plain' })));
  try {
    await use({ url: `s3://${bucket}/`, endpoint, region, accessKeyId, secretAccessKey }, (path, text) =>
      there.put(path, text, { contentType: 'text/plain' }),
    );
  } finally {
    await client.close();
    await close();
  }
}

const figures = (page: Mounted): Record<string, string> => pairs(page.one('anyfile-cache .figures'));
const said = (page: Mounted): string => page.one('anyfile-cache [role=status]').textContent ?? '';
const button = (page: Mounted, begin: string): HTMLButtonElement =>
  [...page.root.querySelectorAll<HTMLButtonElement>('button')].find(({ textContent }) => textContent?.startsWith(begin))!;
const figure = (page: Mounted, name: string, wanted: string): Promise<unknown> =>
  page.until(`${name}: ${wanted}`, () => figures(page)[name] === wanted);

/** Open a file of the listing and wait until its text is there. */
async function read(page: Mounted, name: string, text: string): Promise<void> {
  await page.choose(name);
  await page.until(text, () => page.root.querySelector('anyfile-viewer .panel pre')?.textContent === text);
  equal(page.one('anyfile-viewer h2').textContent, name);
}

async function close(page: Mounted): Promise<void> {
  button(page, 'Close').click();
  await page.until('no file', () => !page.root.querySelector('anyfile-viewer h2'));
}

test('the panel counts what is read, what is asked again and what is saved, and clears it', async () => {
  await elements();
  await withBucket((form, put) =>
    withPage(async (page) => {
      ok(page.one('anyfile-cache').hidden, 'nothing to show before');
      await page.connect(form);
      await read(page, 'a.txt', 'first');
      await figure(page, 'Hits', '0 of 1 read');
      equal([figures(page)['Where'], figures(page)['Fetched'], figures(page)['Trouble']], ['memory of this page', '5 B', 'none']);
      await page.until('entries', () => Number(figures(page)['Entries']) > 0);
      await close(page);
      await read(page, 'a.txt', 'first');
      await figure(page, 'Hits', '1 of 2 reads');
      equal([figures(page)['Not modified'], figures(page)['Saved']], ['1', '5 B']);
      await close(page);
      await put('a.txt', 'other');
      await read(page, 'a.txt', 'other');
      await figure(page, 'Hits', '1 of 3 reads');
      button(page, 'Clear all').click();
      await page.until('what went', () => /^Cleared everything of these keys: \d+ entries removed\.$/.test(said(page)));
      await figure(page, 'Entries', '0');
      button(page, 'Disconnect').click();
      await page.until('no panel', () => page.one('anyfile-cache').hidden);
      await page.until('words', () => page.one('.status [role=status]').textContent === 'Disconnected; the keys are forgotten');
    }),
  );
});

test('what is kept in the browser is there at the next visit, without a request; a folder is cleared by itself', async () => {
  await elements();
  await withBucket(async (form) => {
    const lasting = { ...form, keep: 'indexeddb', ask: 'immutable' };
    await withPage(async (page) => {
      await page.connect(lasting);
      await read(page, 'a.txt', 'first');
      await figure(page, 'Where', 'IndexedDB of this browser');
      await close(page);
      await page.choose('deep/');
      await read(page, 'c.txt', 'third');
      await figure(page, 'Hits', '0 of 2 reads');
      equal(button(page, 'Clear deep').textContent, 'Clear deep/');
      button(page, 'Disconnect').click();
      await page.until('words', () => /^Disconnected.*stays/.test(page.one('.status [role=status]').textContent ?? ''));
    });
    await withPage(async (page) => {
      await page.connect({ ...lasting, url: `${form['url']}deep/` });
      await read(page, 'c.txt', 'third');
      ok(page.facts()['Read']?.startsWith('all of it: 0 requests'), `no request, ${page.facts()['Read']}`);
      ok(page.root.querySelector('anyfile-viewer .badge.good'), 'verified as it was');
      await figure(page, 'Hits', '1 of 1 read');
      button(page, 'Clear deep').click();
      await page.until('what went', () => /deep\/: \d+ entries removed\.$/.test(said(page)));
      await close(page);
      await read(page, 'c.txt', 'third');
      ok(page.facts()['Read']?.startsWith('all of it: 1 request'), `fetched anew, ${page.facts()['Read']}`);
      await close(page);
      page.one('anyfile-listing nav button').click();
      await read(page, 'a.txt', 'first');
      ok(page.facts()['Read']?.startsWith('all of it: 0 requests'), `still kept, ${page.facts()['Read']}`);
      button(page, 'Clear all').click();
      await page.until('what went', () => said(page).startsWith('Cleared everything'));
    });
  });
});

test('offline: what is kept opens by its URL, nothing else does, and the page says why', async () => {
  await elements();
  await withBucket(async (form) => {
    const kept = { ...form, keep: 'indexeddb' };
    await withPage(async (page) => {
      await page.connect(kept);
      await read(page, 'b.txt', 'second');
      await figure(page, 'Hits', '0 of 1 read');
    });
    await withPage(async (page) => {
      await page.connect({ ...kept, ask: 'offline', url: `${form['url']}b.txt` });
      await page.until('the text', () => page.root.querySelector('anyfile-viewer .panel pre')?.textContent === 'second');
      equal(pairs(page.one('anyfile-meter .figures'))['Requests'], '0');
      ok(page.one('anyfile-listing').hidden, 'no listing');
      await page.connect({ ...kept, ask: 'offline', url: `${form['url']}a.txt` });
      const code = await page.until('the error', () => page.root.querySelector('[role=alert] .badge'));
      equal(code.textContent, 'NotCached');
      await page.connect({ ...kept, ask: 'revalidate' });
      await page.until('the listing', () => page.root.querySelector('anyfile-listing .grid-body [role=row]'));
      button(page, 'Clear all').click();
      await page.until('what went', () => said(page).startsWith('Cleared everything'));
    });
  });
});

test('encrypted and on the own disk: files are read there too, and the panel says where it is, or why it is not', async () => {
  await elements();
  await withBucket(async (form) => {
    for (const [keep, where] of Object.entries({ encrypted: 'IndexedDB of this browser', opfs: 'this browser’s own disk (OPFS)' })) {
      await withPage(async (page) => {
        await page.connect({ ...form, keep });
        await read(page, 'a.txt', 'first');
        await close(page);
        await read(page, 'a.txt', 'first');
        await figure(page, 'Hits', '1 of 2 reads');
        const { Where, Trouble } = figures(page);
        ok(
          Where === where ? Trouble === 'none' : Where === 'memory of this page' && Trouble?.startsWith('unavailable') === true,
          `${Where}, ${Trouble}`,
        );
        button(page, 'Clear all').click();
        await page.until('what went', () => said(page).startsWith('Cleared everything'));
      });
    }
  });
});

test('choices are labelled, off says so, and what is on this computer has no panel', async () => {
  await elements();
  await withBucket((form) =>
    withPage(async (page) => {
      for (const name of ['keep', 'ask']) {
        const field = page.one(`select[name=${name}]`) as HTMLSelectElement;
        ok(field.labels[0]?.textContent, `a label of ${name}`);
      }
      await page.connect({ ...form, keep: 'off' });
      await read(page, 'a.txt', 'first');
      await close(page);
      await read(page, 'a.txt', 'first');
      ok(page.one('anyfile-cache').textContent?.includes('Nothing is kept'), 'that it is off');
      ok(page.one('anyfile-cache .bar').hidden, 'nothing to clear');
      ok(page.facts()['Read']?.startsWith('all of it: 1 request'), 'read anew');
      await page.connect({ url: 'mem://bucket/' });
      await page.until('a listing', () => page.one('.status [role=status]').textContent === 'Connected to mem://bucket');
      ok(page.one('anyfile-cache').hidden, 'no panel');
    }),
  );
  equal(violations, []);
});
