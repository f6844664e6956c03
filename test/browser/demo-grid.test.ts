// The page's table with 100,000 rows: few of them are in the page, and all of them can be reached.
import { equal, ok, test } from '../harness.ts';
import { elements, until } from './demo-page.ts';

test('100,000 rows: at most 60 in the page, told of and walked by the keyboard', async () => {
  await elements();
  const { Grid } = await import('../../src/demo/grid.ts');
  const opened: number[] = [];
  const active: (number | undefined)[] = [];
  const grid = new Grid<number>().setup({
    label: 'Numbers',
    columns: [{ title: 'n', cell: (n) => `n${n}` }],
    onOpen: (n) => opened.push(n),
    onActive: (n) => active.push(n),
  });
  document.body.append(grid);
  try {
    grid.show(Array.from({ length: 100_000 }, (_, i) => i));
    const scroller = grid.querySelector<HTMLElement>('[role=grid]')!;
    const lines = (): HTMLElement[] => [...grid.querySelectorAll<HTMLElement>('.grid-body [role=row]')];
    const chosen = (): string | null | undefined =>
      document.getElementById(scroller.getAttribute('aria-activedescendant') ?? '')?.textContent;
    const press = (key: string): void => {
      scroller.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    };
    equal(scroller.getAttribute('aria-rowcount'), '100001');
    for (let at = 0; at <= 100_000 * 32; at += 400_037) {
      scroller.scrollTop = at;
      scroller.dispatchEvent(new Event('scroll'));
      const shown = lines();
      ok(shown.length > 5 && shown.length <= 60, `${shown.length} rows`);
      for (const line of shown) equal(line.getAttribute('aria-rowindex'), String(Number(line.textContent.slice(1)) + 2));
    }
    press('End');
    await until('the last row', () => chosen() === 'n99999');
    const bottom = lines().at(-1)!.getBoundingClientRect().bottom;
    ok(bottom <= scroller.getBoundingClientRect().bottom + 1, 'the last row is in sight');
    press('PageUp');
    ok(Number(chosen()!.slice(1)) < 99_999, 'a page up');
    press('Home');
    equal(chosen(), 'n0');
    press('ArrowUp');
    press('ArrowDown');
    equal(chosen(), 'n1');
    press('Enter');
    equal([opened, active.at(-1)], [[1], 1]);
    grid.show([]);
    equal(active.at(-1), undefined);
  } finally {
    grid.remove();
  }
});
