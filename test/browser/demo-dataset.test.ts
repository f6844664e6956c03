// A folder as a dataset in the demo page: a table, filtered and sorted by clicks and typing.
import { connect, type Connection } from '../../src/demo/connection.ts';
import type { DatasetPane } from '../../src/demo/dataset.ts';
import { Client, openDatafile, PyDateTime, type TagsInput, type TimestampInput } from '../../src/index.ts';
import { uniqueName } from '../env.ts';
import { equal, ok, test } from '../harness.ts';
import { openScenario } from '../servers/fixture/client.ts';
import { elements, pairs, violations, withPage } from './demo-page.ts';

interface Given {
  text: string;
  timestamp?: TimestampInput;
  tags?: TagsInput;
  labels?: string[];
}

const noon = { year: 2026, month: 1, day: 5, hour: 12 };

const campaign: Record<string, Given> = {
  'a.csv': { text: 'x\n', timestamp: new PyDateTime(noon), tags: { height: 80, site: 'North' }, labels: ['raw'] },
  'b.csv': {
    text: 'x'.repeat(3000),
    timestamp: new PyDateTime({ ...noon, offsetSeconds: 3600 }),
    tags: { height: 120 },
    labels: ['raw', 'checked'],
  },
  'deep/c.csv': {
    text: 'x'.repeat(20),
    timestamp: new PyDateTime({ ...noon, day: 9, offsetSeconds: 0 }),
    tags: { site: 'south', done: true },
  },
  '<i>d</i>.txt': { text: '' },
};

/** Files with metadata, as anyfile stores them. */
async function store(client: Client, url: string, files: Record<string, Given>): Promise<void> {
  await client.files(url).puts(Object.entries(files).map(([path, { text }]) => ({ path, content: text, contentType: 'text/csv' })));
  for (const [path, { text: _, ...metadata }] of Object.entries(files)) {
    const datafile = await openDatafile(`${url}/${path}`, { client, ...metadata, ignoreStoredMetadata: true });
    if (Object.keys(metadata).length) await datafile.updateMetadata();
  }
}

interface Table {
  root: HTMLElement;
  type(name: string, value: string): void;
  names(): string[];
  said(): string;
  column(i: number): string[];
  title(text: string): HTMLButtonElement;
}

function tableIn(root: HTMLElement): Table {
  const all = (selector: string): HTMLElement[] => [...root.querySelectorAll<HTMLElement>(selector)];
  const rows = (): HTMLElement[] => all('anyfile-dataset .grid-body [role=row]');
  return {
    root,
    type(name, value) {
      const field = root.querySelector<HTMLInputElement>(`anyfile-dataset [name=${name}]`)!;
      field.value = value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    },
    column: (i) => rows().map((row) => row.children[i]?.textContent?.trim() ?? ''),
    names: () => rows().map((row) => row.querySelector('.name')?.textContent ?? ''),
    said: () => root.querySelector('anyfile-dataset > [role=status]')?.textContent ?? '',
    title: (text) => all('anyfile-dataset .sort').find((button) => button.textContent === text) as HTMLButtonElement,
  };
}

test('a folder is shown as a dataset, filtered while one types, sorted by its titles, and its files open', async () => {
  await elements();
  const { endpoint, bucket, region, credentials, close } = await openScenario('s3', {});
  const client = new Client({ endpoint, region, credentials });
  await store(client, `s3://${bucket}/campaign`, campaign);
  const made = await client.dataset(`s3://${bucket}/campaign`);
  Object.assign(made, { tags: { year: 2026 }, labels: ['demo'] });
  await made.updateMetadata();
  const hash = await made.hashValue();
  await client.close();
  await withPage(async (page) => {
    const { accessKeyId, secretAccessKey } = credentials;
    await page.connect({ url: `s3://${bucket}/campaign/`, endpoint, region, accessKeyId, secretAccessKey });
    // a listing under way would be counted with what opens the dataset
    await page.until('the listing', () => page.one('.status [role=status]').textContent?.startsWith('Connected to'));
    const show = await page.until('the button', () =>
      [...page.root.querySelectorAll('button')].find(
        ({ textContent, offsetParent }) => offsetParent && textContent === 'Show as a dataset',
      ),
    );
    show.click();
    const table = tableIn(page.root);
    await page.until('the table', () => table.names().length === 4);
    equal(table.names(), ['<i>d</i>.txt', 'a.csv', 'b.csv', 'deep/c.csv']);
    equal(table.said(), '4 files, 3.0 kB');
    equal(table.column(2), ['—', '2026-01-05 12:00 no zone', '2026-01-05 12:00 +01:00', '2026-01-09 12:00 UTC']);
    equal(table.column(3), ['', 'raw', 'checkedraw', '']);
    equal(table.column(4), ['', 'height 80site North', 'height 120', 'site southdone true']);
    const facts = pairs(page.one('anyfile-dataset .facts'));
    equal([facts['Labels'], facts['Tags']], ['demo', 'year 2026']);
    ok(facts['Opened in']?.startsWith('6 requests'), `a listing, a record and four HEADs: ${facts['Opened in']}`);
    const requests = (): string | undefined => pairs(page.one('anyfile-meter .figures'))['Requests'];
    const before = requests();

    page.one('anyfile-dataset input[value=raw]').click();
    equal(table.names(), ['a.csv', 'b.csv']);
    page.one('anyfile-dataset input[value=checked]').click();
    equal(table.names(), ['b.csv'], 'both labels');
    equal(table.said(), '1 of 4 files, 3.0 kB of 3.0 kB');
    page.one('anyfile-dataset button[type=reset]').click();
    await page.until('all', () => table.names().length === 4);

    table.type('tag', 'height');
    equal(table.names(), ['a.csv', 'b.csv'], 'with the tag');
    table.type('value', '>100');
    equal(table.names(), ['b.csv'], 'a number');
    table.type('tag', 'site');
    table.type('value', 'NORTH');
    equal(table.names(), ['a.csv'], 'a text');
    table.type('tag', '');
    table.type('value', '');
    table.type('from', '2026-01-05T11:30');
    equal(table.names(), ['a.csv', 'deep/c.csv'], 'noon at +01:00 is 11:00 in UTC');
    table.type('to', '2026-01-05T12:00');
    equal(table.names(), ['a.csv']);
    table.type('from', '');
    table.type('to', '');
    table.type('least', '10');
    table.type('most', '2 kB');
    equal(table.names(), ['deep/c.csv']);
    table.type('most', 'much');
    equal(page.one('anyfile-dataset [name=most]').getAttribute('aria-invalid'), 'true');
    ok(table.said().endsWith('not understood: Size to'), table.said());
    table.type('most', '');
    table.type('least', '');
    table.type('name', 'CSV');
    equal(table.names(), ['a.csv', 'b.csv', 'deep/c.csv']);
    table.type('name', 'nothing');
    equal(table.said(), '0 of 4 files, 0 B of 3.0 kB; no file has all of this');
    table.type('name', '');
    equal(requests(), before, 'requests: filters ask nobody');

    table.title('Size').click();
    equal(table.names(), ['<i>d</i>.txt', 'a.csv', 'deep/c.csv', 'b.csv']);
    table.title('Size').click();
    equal(table.names(), ['b.csv', 'deep/c.csv', 'a.csv', '<i>d</i>.txt']);
    equal(table.title('Size').parentElement?.getAttribute('aria-sort'), 'descending');
    equal(page.root.querySelectorAll('anyfile-dataset [aria-sort]').length, 1);
    table.title('Timestamp').click();
    equal(table.names().at(-1), '<i>d</i>.txt', 'without a time');
    table.title('Timestamp').click();
    equal([table.names()[0], table.names().at(-1)], ['deep/c.csv', '<i>d</i>.txt']);

    [...page.root.querySelectorAll('button')].find(({ textContent }) => textContent === 'Compute')?.click();
    await page.until('the hash', () => pairs(page.one('anyfile-dataset .facts'))['Hash'] === hash);

    page.root.querySelectorAll<HTMLElement>('anyfile-dataset .grid-body [role=row]')[0]?.click();
    await page.until('the file', () => page.root.querySelector('anyfile-viewer .badge.good'));
    equal([page.facts()['Timestamp'], page.facts()['Tags']], ['2026-01-09 12:00 UTC', 'site southdone true']);
    [...page.root.querySelectorAll('button')].find(({ textContent }) => textContent === 'Show the folder')?.click();
    await page.choose('a.csv');
    ok(page.one('anyfile-dataset').hidden, 'the folder again');
  });
  await close();
});

test('the keyboard sorts by a title and opens a file by Enter', async () => {
  await elements();
  await withDataset({ 'a.csv': { text: 'xx' }, 'b.csv': { text: 'x' } }, async (pane) => {
    const opened: string[] = [];
    pane.onFile = ({ name }) => void opened.push(name);
    const table = tableIn(document.body);
    const press = (element: Element, key: string): boolean =>
      element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    ok(press(table.title('Size'), 'Enter'), 'Enter is left to the button');
    equal(opened, []);
    table.title('Size').click();
    equal(table.names(), ['b.csv', 'a.csv']);
    const grid = pane.querySelector('[role=grid]')!;
    press(grid, 'ArrowDown');
    press(grid, 'Enter');
    equal(opened, ['a.csv']);
    for (const field of pane.querySelectorAll<HTMLInputElement>('input:not([type=checkbox]), select'))
      ok(field.labels?.[0]?.textContent, `a label for ${field.name}`);
  });
});

test('a thousand files keep some dozens of rows in the page', async () => {
  await elements();
  const files = Array.from({ length: 1000 }, (_, i): [string, Given] => [`${String(i).padStart(4, '0')}.csv`, { text: 'x'.repeat(i % 7) }]);
  await withDataset(Object.fromEntries(files), async (pane) => {
    const table = tableIn(document.body);
    equal(table.said(), '1,000 files, 3.0 kB');
    ok(table.names().length <= 60, `few rows instead of ${table.names().length}`);
    table.type('least', '6');
    equal(table.said(), '142 of 1,000 files, 852 B of 3.0 kB');
    equal(pane.querySelector('[role=grid]')?.getAttribute('aria-rowcount'), '143');
    table.title('Name').click();
    equal(table.names()[0], '0993.csv');
  });
});

test('a folder without files is a dataset of none', async () => {
  await elements();
  await withDataset({}, async (pane) => {
    equal(tableIn(document.body).said(), '0 files, 0 B');
    ok(pane.querySelector<HTMLElement>('fieldset')?.hidden, 'no labels to choose');
  });
});

test('who does not want to wait for a dataset goes back to the folder', async () => {
  await elements();
  const { makeDataset } = await import('../../src/demo/dataset.ts');
  const real = connect({ url: 'mem://never/', access: 'public' }, () => {});
  let left = false;
  const never = (_: string, { signal }: { signal: AbortSignal }): Promise<never> =>
    new Promise((__, reject) => {
      signal.onabort = () => {
        left = true;
        reject(signal.reason as Error);
      };
    });
  const client = { stats: () => real.client.stats(), dataset: never } as unknown as Client;
  const pane = makeDataset();
  document.body.append(pane);
  pane.onFail = () => ok(false, 'no failure');
  pane.onBack = () => pane.close();
  const opened = pane.open({ ...real, client }, 'deep/folder/');
  equal(pane.querySelector('h2')?.textContent, 'folder');
  ok(pane.querySelector('progress') && pane.querySelector<HTMLElement>('anyfile-grid')?.hidden, 'no table yet');
  pane.querySelector('button')?.click();
  equal([await opened, left], [false, true]);
  pane.remove();
  await real.client.close();
});

/** The pane by itself, over memory. */
async function withDataset(files: Record<string, Given>, use: (pane: DatasetPane) => Promise<void>): Promise<void> {
  const { makeDataset } = await import('../../src/demo/dataset.ts');
  const connection: Connection = connect({ url: `mem://${uniqueName('dataset')}/`, access: 'public' }, () => {});
  await connection.client.files(`${connection.root}/d`).puts(Object.entries(files).map(([path, { text }]) => ({ path, content: text })));
  const pane = makeDataset();
  document.body.append(pane);
  try {
    ok(await pane.open(connection, 'd/'), 'an open dataset');
    await use(pane);
  } finally {
    pane.remove();
    await connection.client.close();
  }
}

test('nothing of all this violated the policy', async () => {
  await elements();
  equal(violations, []);
});
