// An HDF5 file in the demo page: out of a bucket and from this computer; its tree, attributes, pictures and what of it was fetched.
import { Client } from '../../src/index.ts';
import { need, uniqueName } from '../env.ts';
import { equal, ok, test } from '../harness.ts';
import { elements, pairs, until, violations, withPage, type Mounted } from './demo-page.ts';
import { hdf5WorkerScript } from './demo-worker.ts';

/** test/fixtures/front.py says what is in it. */
async function frontBytes(): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch('/test/fixtures/front.h5');
  ok(response.ok, 'the small file');
  return new Uint8Array(await response.arrayBuffer());
}

const text = (page: Mounted, selector: string): string => page.root.querySelector(selector)?.textContent ?? '';
const rows = (page: Mounted): string[] => [...page.root.querySelectorAll('.tree-name')].map((one) => one.textContent ?? '');
const row = (page: Mounted, name: string): HTMLElement =>
  [...page.root.querySelectorAll<HTMLElement>('.tree-row')].find((one) => one.firstChild?.textContent === name)!;
const figures = (page: Mounted): Record<string, string> => pairs(page.root.querySelector('anyfile-hdf5 .figures'));
/** The facts of the object, and its attributes. */
const lists = (page: Mounted): Record<string, string>[] => [...page.root.querySelectorAll('anyfile-hdf5-object .facts')].map(pairs);
const said = (page: Mounted): string => text(page, 'anyfile-hdf5 [role=status]');
const button = (page: Mounted, begin: string): HTMLButtonElement =>
  [...page.root.querySelectorAll<HTMLButtonElement>('button')].find(({ textContent }) => textContent?.startsWith(begin))!;

/** Give the page a file, as its picker would. */
function pick(page: Mounted, bytes: Uint8Array<ArrayBuffer>, name = 'front.h5'): void {
  const chosen = new DataTransfer();
  chosen.items.add(new File([bytes], name));
  const input = page.one('[name=local]') as HTMLInputElement;
  input.files = chosen.files;
  input.dispatchEvent(new Event('change'));
}

async function choose(page: Mounted, name: string, what: string): Promise<void> {
  row(page, name).click();
  await page.until(`${what} of ${name}`, () => said(page).includes(what));
}

const pictureLabel = (page: Mounted): string => page.root.querySelector('anyfile-hdf5-slice [role=img]')?.getAttribute('aria-label') ?? '';

/** Type into a field and leave it. */
function enter(page: Mounted, label: string, value: string | number): void {
  const input = page.one(`[aria-label="${label}"]`) as HTMLInputElement;
  input.value = String(value);
  input.dispatchEvent(new Event('change'));
}

/** How many workers there were and how many were ended while `act` ran. */
async function countWorkers(act: () => Promise<void>): Promise<{ begun: string[]; ended: number }> {
  const count = { begun: [] as string[], ended: 0 };
  const { Worker: Native } = globalThis;
  globalThis.Worker = class extends Native {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      count.begun.push(String(url));
    }
    override terminate(): void {
      count.ended++;
      super.terminate();
    }
  };
  try {
    await act();
  } finally {
    globalThis.Worker = Native;
  }
  return count;
}

test('a worker reads each file, and ends with it', async () => {
  const bytes = await frontBytes();
  const workers = await countWorkers(() =>
    withPage(async (page) => {
      pick(page, bytes);
      await page.until('the tree', () => rows(page).includes('grid'));
      await choose(page, 'grid', '20 × 30 values of /grid');
      pick(page, bytes, 'again.h5');
      await page.until('the next one', () => text(page, 'anyfile-hdf5 h2') === 'again.h5' && rows(page).includes('one'));
      await choose(page, 'one', 'the value of /one');
      button(page, 'Close').click();
      pick(page, new TextEncoder().encode('a,b\n1,2\n'), 'table.h5');
      await page.until('no HDF5 file', () => text(page, '[role=alert] h2').startsWith('This is no HDF5 file'));
      pick(page, bytes, 'left.h5');
      await page.until('one that is left with the page', () => text(page, 'anyfile-hdf5 h2') === 'left.h5');
    }),
  );
  equal(workers.begun, Array(4).fill(hdf5WorkerScript));
  await until('the last one to end', () => workers.ended === 4);
});

test('a file of a bucket is opened where it lies, and the page says what of it was fetched', async () => {
  const server = need('versitygw');
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = server;
  const client = new Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const folder = uniqueName('hdf5');
  const files = client.files(`s3://${bucket}/${folder}`);
  // something to lie behind, which nobody asks for
  const bytes = new Uint8Array(1_000_000);
  bytes.set(await frontBytes());
  await files.puts([
    { path: 'front.h5', content: bytes },
    { path: 'none.h5', content: new TextEncoder().encode('a,b\n1,2\n') },
  ]);
  try {
    await withPage(async (page) => {
      await page.connect({ url: `s3://${bucket}/${folder}/`, endpoint, region, accessKeyId, secretAccessKey }, 'keys');
      await page.choose('front.h5');
      await page.until('attributes of the root', () => lists(page)[1]?.['title'] === 'Front');
      equal(document.activeElement?.textContent, 'front.h5');
      ok(rows(page).includes('grid') && !rows(page).includes('er'), 'the names of the root group');
      equal(figures(page)['File'], '1.0 MB');
      const [, fetched] = /^([\d.]+) kB, [\d.]+ %$/.exec(figures(page)['Fetched'] ?? '') ?? [];
      ok(Number(fetched) > 0 && Number(fetched) <= 200, `little was fetched: ${figures(page)['Fetched']}`);
      ok(Number(figures(page)['Requests']) >= 1 && Number(figures(page)['Requests']) <= 3, figures(page)['Requests']);
      ok(Number(figures(page)['Rounds']) >= 1, figures(page)['Rounds']);

      await choose(page, 'grid', '20 × 30 values of /grid');
      equal(lists(page)[0], { Type: '<f4', Shape: '20 × 30, 600 values, 2.4 kB unpacked', Chunks: '8 × 10, shuffle, deflate 4' });
      equal(lists(page)[1]?.['units'], 'm');
      equal(pictureLabel(page), '/grid: 20 rows and 30 columns, from 0 to 1929');

      button(page, 'Close').click();
      await page.until('the listing', () => !page.one('anyfile-listing').hidden && !page.root.querySelector('anyfile-hdf5 h2'));
      ok(page.root.querySelector('.panes.hdf5') === null, 'nothing of the file');
      await page.choose('none.h5');
      await page.until('what is no HDF5 file is shown like all others', () => text(page, 'anyfile-viewer h2') === 'none.h5');
      await page.until('its text', () => text(page, 'anyfile-viewer .panel pre').startsWith('a,b'));
    });
  } finally {
    await files.delete(['front.h5', 'none.h5']);
    await client.close();
  }
});

test('a file of this computer: groups unfold by keys, objects show their attributes and values', async () => {
  const bytes = await frontBytes();
  await withPage(async (page) => {
    pick(page, bytes);
    await page.until('the tree', () => rows(page).includes('waves'));
    ok(!page.one('anyfile-connect').checkVisibility?.(), 'the form is folded');
    const tree = page.one('[role=tree]');
    const focused = (): string => document.activeElement?.querySelector('.tree-name')?.textContent ?? '';
    const press = (key: string): boolean =>
      document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    equal([...tree.querySelectorAll('[tabindex="0"]')].length, 1, 'one stop of the tab key');
    tree.querySelector<HTMLElement>('[tabindex="0"]')!.focus();
    equal(focused(), '/');
    for (let i = 0; i < 5; i++) press('ArrowDown');
    equal(focused(), 'deep');
    equal(document.activeElement?.textContent, 'deep group ');
    press('ArrowRight');
    await page.until('its names', () => rows(page).includes('er'));
    equal(document.activeElement?.getAttribute('aria-expanded'), 'true');
    press('ArrowRight');
    equal([focused(), document.activeElement?.getAttribute('aria-level')], ['er', '3']);
    press('ArrowLeft');
    press('ArrowLeft');
    equal([focused(), document.activeElement?.getAttribute('aria-expanded')], ['deep', 'false']);
    press('End');
    equal(focused(), 'waves');
    press('Enter');
    await page.until('the waves', () => said(page).includes('2 values of /waves'));
    equal(document.activeElement?.getAttribute('aria-selected'), 'true');
    equal(row(page, 'gone').textContent, 'gone link → /nowhere');

    await choose(page, 'one', 'the value of /one');
    equal(lists(page)[1], { Value: '4.5' });
    row(page, 'empty').click();
    await page.until('a dataset without values', () => text(page, 'anyfile-hdf5-object').includes('It has no values.'));
    row(page, 'gone').click();
    await page.until('a link', () => lists(page)[0]?.['Link'] === 'to /nowhere, where nothing is');

    button(page, 'Close').click();
    ok(page.one('.panes').hidden && (page.one('details.card') as HTMLDetailsElement).open, 'the form again');
  });
});

test('a plane and a line through a dataset: fields, sliders and single values', async () => {
  const bytes = await frontBytes();
  await withPage(async (page) => {
    pick(page, bytes);
    await page.until('the tree', () => rows(page).includes('cube'));
    await choose(page, 'cube', '5 × 6 values of /cube');
    equal(pictureLabel(page), '/cube: 5 rows and 6 columns, from 0 to 29');
    const slider = page.one('input[type=range]') as HTMLInputElement;
    equal([slider.max, slider.labels?.[0]?.textContent], ['3', 'Axis 0 at 0 of 0 to 3']);
    slider.focus();
    slider.value = '2';
    slider.dispatchEvent(new Event('input'));
    await page.until('the third plane', () => pictureLabel(page).endsWith('from 60 to 89'));
    ok(document.activeElement === slider && slider.isConnected, 'the slider keeps the focus');
    enter(page, 'First index of axis 1', 1);
    enter(page, 'Last index of axis 2', 3);
    await page.until('a part of it', () => pictureLabel(page) === '/cube: 4 rows and 4 columns, from 66 to 87');
    enter(page, 'Last index of axis 1', 99);
    equal((page.one('[aria-label="Last index of axis 1"]') as HTMLInputElement).value, '4', 'no further than the axis');

    const canvas = page.one('anyfile-heat-map canvas');
    canvas.focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown'])
      canvas.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    equal(text(page, 'anyfile-heat-map .note'), 'axis 1: 2, axis 2: 1: 73');

    const shown = page.one('[name=shown]') as HTMLSelectElement;
    equal(
      [...shown.options].map(({ textContent }) => textContent),
      ['a plane of axes 1 and 2', 'a line along axis 0', 'a line along axis 1', 'a line along axis 2'],
    );
    shown.value = '0';
    shown.dispatchEvent(new Event('change'));
    await page.until('a line', () => pictureLabel(page) === '/cube: 4 values, from 0 to 90');
    await page.until('what is drawn', () => page.root.querySelector('anyfile-line-plot svg'));
    const plot = page.one('anyfile-line-plot [role=img]');
    for (const key of ['ArrowRight', 'ArrowRight'])
      plot.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    equal(text(page, 'anyfile-line-plot .note'), 'axis 0: 1: 30');
    for (const field of page.root.querySelectorAll<HTMLInputElement>('anyfile-hdf5-slice input, anyfile-hdf5-slice select'))
      ok(field.labels?.[0]?.textContent || field.getAttribute('aria-label'), `a label for ${field.name || field.type}`);
  });
});

test('records, texts, numbers that are none: tables and pictures of what can be drawn', async () => {
  const bytes = await frontBytes();
  await withPage(async (page) => {
    pick(page, bytes);
    await page.until('the tree', () => rows(page).includes('table'));
    const cells = (): string[][] =>
      [...page.root.querySelectorAll('anyfile-hdf5-slice .grid-row')].map((line) =>
        [...line.children].map((cell) => cell.textContent ?? ''),
      );
    await choose(page, 'table', '3 values of /table');
    equal(
      [...page.root.querySelectorAll('[name=part] option')].map(({ textContent }) => textContent),
      ['time', 'n'],
    );
    equal(pictureLabel(page), '/table, time: 3 values, from 0.5 to 1.5, 1 without a number');
    button(page, 'Values').click();
    equal(cells().slice(0, 3), [
      ['axis 0', 'time', 'name', 'n', 'pair', 'range'],
      ['0', '0.5', 'first', '1', '[1, 2]', '{low: 0, high: 1}'],
      ['1', '1.5', 'a,b', '-2', '[3, 4]', '{low: -1, high: 0.25}'],
    ]);
    await choose(page, 'names', '6 values of /names');
    equal([...page.root.querySelectorAll('anyfile-hdf5-slice [role=tab]')].length, 1, 'texts are not drawn');
    equal(cells()[3], ['2', 'with "quotes"']);
    await choose(page, 'waves', '2 values of /waves');
    equal(pictureLabel(page), '/waves, absolute value: 2 values, from 1.118033988749895 to 2.23606797749979');
    await choose(page, 'counts', '3 values of /counts');
    equal(pictureLabel(page), '/counts: 3 values, from -1152921504606847000 to 9007199254740992');
    const plot = page.one('anyfile-line-plot [role=img]');
    await page.until('what is drawn', () => plot.querySelector('svg'));
    plot.dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true, cancelable: true }));
    equal(text(page, 'anyfile-line-plot .note'), 'axis 0: 2: -1152921504606846976', 'all digits');
    await choose(page, 'colours', '3 values of /colours');
    button(page, 'Values').click();
    equal(
      cells().map((line) => line[1]),
      ['value', 'GREEN', 'RED', '7'],
    );
  });
});

test('what cannot be read is told, and the rest of the file stays to be looked at', async () => {
  const bytes = await frontBytes();
  await withPage(async (page) => {
    pick(page, bytes);
    await page.until('the tree', () => rows(page).includes('packed'));
    row(page, 'packed').click();
    await page.until('a filter that is missing', () => text(page, '[role=alert] h2').startsWith('The values are packed by a filter'));
    await choose(page, 'grid', 'values of /grid');
    equal(text(page, '[role=alert]'), '', 'what failed before is past');
    button(page, 'Close').click();
    pick(page, new TextEncoder().encode('a,b\n1,2\n'), 'table.h5');
    await page.until('no HDF5 file', () => text(page, '[role=alert] h2').startsWith('This is no HDF5 file'));
    ok(page.one('.panes').hidden, 'nothing to see of it');
  });
});

test('nothing of all this violated the policy', async () => {
  await elements();
  equal(violations, []);
});
