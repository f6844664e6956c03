/** Listing: order, pages, folding, starting points. */
import { equal, ok, rejects, skip } from '../harness.ts';
import { type Check, type Corner, listed, pages, sorted } from './suite.ts';

const NAMES = ['a', 'b-1', 'b/1', 'b/2/x', 'b/2/y', 'b0', 'bb/z', 'c d/e', 'é', '\uff5e', '😀'];

const fillCorner = ({ store, key }: Corner, names: readonly string[]): Promise<unknown> =>
  Promise.all(names.map((name) => store.put(key(name), name)));

export function listChecks(check: Check): void {
  check('a listing is ordered by code points and complete', ['write', 'list'], async (corner) => {
    await fillCorner(corner, NAMES);
    equal(await listed(corner), { keys: sorted(NAMES), prefixes: [] });
    equal(await listed(corner, { prefix: 'b' }), { keys: sorted(NAMES.filter((name) => name.startsWith('b'))), prefixes: [] });
    equal((await listed(corner, { prefix: 'b/' })).keys, ['b/1', 'b/2/x', 'b/2/y']);
    equal((await listed(corner, { prefix: 'b/2' })).keys, ['b/2/x', 'b/2/y']);
    equal((await listed(corner, { prefix: 'c d/' })).keys, ['c d/e']);
    equal(await listed(corner, { prefix: 'nothing' }), { keys: [], prefixes: [] });
    equal(await listed(corner, { prefix: 'a/b/c/' }), { keys: [], prefixes: [] });
    equal(await listed(corner, { prefix: 'b//' }), { keys: [], prefixes: [] });
  });

  check('a listing folds at a delimiter', ['write', 'list'], async (corner) => {
    await fillCorner(corner, NAMES);
    equal(await listed(corner, { delimiter: '/' }), {
      keys: sorted(['a', 'b-1', 'b0', 'é', '\uff5e', '😀']),
      prefixes: ['b/', 'bb/', 'c d/'],
    });
    equal(await listed(corner, { delimiter: '/', prefix: 'b/' }), { keys: ['b/1'], prefixes: ['b/2/'] });
    equal(await listed(corner, { delimiter: '/', prefix: 'b' }), { keys: ['b-1', 'b0'], prefixes: ['b/', 'bb/'] });
    equal(await listed(corner, { delimiter: '/', prefix: 'b/2' }), { keys: [], prefixes: ['b/2/'] });
    equal(await listed(corner, { delimiter: '/', prefix: 'zz' }), { keys: [], prefixes: [] });
  });

  check('a listing folds at any text', ['write', 'list'], async (corner) => {
    await fillCorner(corner, ['a-x/1', 'a-y', 'a/-', 'b--c', 'b-d', 'e']);
    equal(await listed(corner, { delimiter: '-' }), { keys: ['e'], prefixes: ['a-', 'a/-', 'b-'] });
  });

  check('a listing comes in pages', ['write', 'list'], async (corner) => {
    const { store, prefix } = corner;
    await fillCorner(corner, NAMES);
    for (const pageSize of [1, 2, 5, 1000]) {
      equal((await listed(corner, { pageSize })).keys, sorted(NAMES), `pages of ${pageSize}`);
      const folded = await listed(corner, { pageSize, delimiter: '/' });
      equal([folded.keys.length, folded.prefixes], [6, ['b/', 'bb/', 'c d/']], `folded pages of ${pageSize}`);
    }
    ok((await pages(store, { prefix, pageSize: 2 })).length >= 6, 'six pages or more');
    for (const pageSize of [0, -1, 1.5]) await rejects(pages(store, { prefix, pageSize }), 'InvalidArgument');
    for await (const page of store.list({ prefix, pageSize: 1 })) {
      equal(page.objects.length, 1, 'the first page');
      break; // leaving early is no error
    }
  });

  check('a listing starts after a key', ['write', 'list'], async (corner) => {
    await fillCorner(corner, NAMES);
    const all = sorted(NAMES);
    for (const startAfter of ['a', 'b/2/x', 'b/2/', 'b1', '0', 'é', '😀']) {
      const want = all.filter((name) => sorted([name, startAfter])[0] === startAfter && name !== startAfter);
      equal((await listed(corner, { startAfter })).keys, want, startAfter);
      equal((await listed(corner, { startAfter, pageSize: 2 })).keys, want, `${startAfter}, paged`);
    }
    equal((await listed(corner, { startAfter: 'b/1', prefix: 'b/' })).keys, ['b/2/x', 'b/2/y']);
    equal((await listed(corner, { startAfter: 'a', prefix: 'b/' })).keys, ['b/1', 'b/2/x', 'b/2/y']);
    equal((await listed(corner, { startAfter: 'c', prefix: 'b/' })).keys, []);
    equal(await listed(corner, { startAfter: 'bb/z', delimiter: '/' }), { keys: sorted(['é', '\uff5e', '😀']), prefixes: ['c d/'] });
  });

  check('2,501 keys', ['write', 'list'], async (corner) => {
    const { store, key, prefix, options } = corner;
    if (!options.seed) skip('this suite was not asked to make 2,501 keys');
    const names = Array.from({ length: 2501 }, (_, i) => `k${String(i).padStart(5, '0')}`);
    await options.seed(store, names.map(key));
    const all = await pages(store, { prefix });
    equal(
      all.map((page) => page.objects.length),
      [1000, 1000, 501],
    );
    equal(
      all.flatMap((page) => page.objects.map((info) => info.key)),
      names.map(key),
    );
  });
}
