/** The program of docs/watching.md. */
import guide from '../../../docs/watching.md';
import { openGuide } from '../../guide-page.ts';
import { equal, test } from '../../harness.ts';

test('the program of the page prints what the page says', async () => {
  const page = openGuide(guide);
  equal(
    page.programs.map(({ name }) => name),
    ['rates'],
  );
  for (const { name, prints } of page.programs) equal(await page.run([name], { options: {}, replace: [] }), prints);
});
