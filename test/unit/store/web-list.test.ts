/** Listings of web servers whose names have to be escaped: all are there, and each key is read as what was listed. */
import { Client, type ObjectStore } from '../../../src/index.ts';
import { equal, test } from '../../harness.ts';

/** What a server answers, by the path that comes over the wire. */
async function withWeb(pages: Record<string, string>, use: (store: ObjectStore, asked: string[]) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const client = new Client({
    fetch: async (input: unknown) => {
      const { pathname } = new URL(input instanceof Request ? input.url : String(input));
      asked.push(pathname);
      const text = pages[pathname];
      return new Response(text ?? 'not found', { status: text === undefined ? 404 : 200 });
    },
    retry: { attempts: 1 },
  });
  try {
    await use(client.store('https://web.example/data/'), asked);
  } finally {
    await client.close();
  }
}

const index = (...hrefs: string[]): string =>
  `<title>Index of /</title><a href="../">up</a>${hrefs.map((href) => `<a href="${href}">x</a>`).join('')}`;

async function keysIn(store: ObjectStore, options?: Parameters<ObjectStore['list']>[0]): Promise<{ keys: string[]; prefixes: string[] }> {
  const [keys, prefixes]: [string[], string[]] = [[], []];
  for await (const page of store.list(options)) {
    keys.push(...page.objects.map(({ key }) => key));
    prefixes.push(...page.prefixes);
  }
  return { keys, prefixes };
}

/** Reads all keys; each file holds its path. */
async function readsAll(store: ObjectStore, keys: readonly string[]): Promise<(string | undefined)[]> {
  const texts: (string | undefined)[] = [];
  for (const key of keys) texts.push(await (await store.get(key))?.text());
  return texts;
}

const files = (...paths: string[]): Record<string, string> => Object.fromEntries(paths.map((path) => [path, path]));

test('web listings: a name that is no UTF-8 is listed as it is written, and does not hide the others', () => {
  const paths = ['/data/100%', '/data/a.txt', '/data/caf%E9%20x.txt', '/data/caf%E9/b', '/data/caf%C3%A9.txt'];
  return withWeb(
    {
      '/data/': index('a.txt', 'caf%E9%20x.txt', 'caf%C3%A9.txt', 'caf%E9/', '100%'),
      '/data/caf%E9/': index('b'),
      ...files(...paths),
    },
    async (store) => {
      const { keys } = await keysIn(store);
      equal(keys, ['100%', 'a.txt', 'caf%E9%20x.txt', 'café.txt', 'caf%E9/b']);
      equal((await readsAll(store, keys)).sort(), paths.slice().sort());
    },
  );
});

test('web listings: a folder is spelt in one way, in keys, in folders and in what is asked for', () =>
  withWeb(
    {
      '/data/': index('my%20dir/', 'other/'),
      '/data/my%20dir/': index('x%20y', 'deep%23er/'),
      '/data/my%20dir/deep%23er/': index('z'),
      '/data/other/': index('o'),
      ...files('/data/my%20dir/x%20y', '/data/my%20dir/deep%23er/z', '/data/other/o'),
    },
    async (store, asked) => {
      const below = ['my dir/x y', 'my dir/deep%23er/z'];
      for (const prefix of ['my d', 'my dir/', '']) {
        const { keys } = await keysIn(store, { prefix });
        equal(keys, prefix ? below : [...below, 'other/o'], prefix);
      }
      asked.length = 0;
      equal((await keysIn(store, { prefix: 'my%20dir/' })).keys, ['my%20dir/x y', 'my%20dir/deep%23er/z']);
      equal(asked, ['/data/my%20dir/', '/data/my%20dir/deep%23er/']);
      equal((await keysIn(store, { delimiter: '/' })).prefixes, ['my dir/', 'other/']);
      equal((await keysIn(store, { delimiter: '/', prefix: 'my dir/' })).prefixes, ['my dir/deep%23er/']);
      equal(await readsAll(store, below), ['/data/my%20dir/x%20y', '/data/my%20dir/deep%23er/z']);
    },
  ));

test('web listings: a percent sign in a name stays escaped, so that a read is of the same file', () => {
  const paths = ['/data/100%25', '/data/a%20b', '/data/a%2520b', '/data/a%3Fb%23c', '/data/p%25/q'];
  return withWeb(
    {
      '/data/': index('a%2520b', 'a%20b', '100%25', 'a%3Fb%23c', 'p%25/'),
      '/data/p%25/': index('q'),
      ...files(...paths),
    },
    async (store) => {
      const { keys } = await keysIn(store);
      equal(keys, ['100%25', 'a b', 'a%2520b', 'a%3Fb%23c', 'p%25/q']);
      equal(await readsAll(store, keys), paths);
    },
  );
});

test('web listings: whole paths that escape more than is needed are entries all the same', () =>
  withWeb(
    {
      '/data/': index('/data/%28b%29/', '/data/%c3%a9/', '/elsewhere/x'),
      '/data/(b)/': index('/data/%28b%29/f%21'),
      '/data/%C3%A9/': index('/data/%c3%a9/g'),
    },
    async (store) => equal((await keysIn(store)).keys, ['(b)/f!', 'é/g']),
  ));
