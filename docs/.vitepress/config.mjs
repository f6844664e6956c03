// The site of these pages: `npm run docs` builds it. Nothing of it is fetched from elsewhere when it is read: no fonts, and the search is its own.
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What is made for the site and stands in no folder of the project is left out where it is not there. */
const pages = (items) => items.flatMap(([text, link]) => (existsSync(here(`..${link.replace(/#.*$/, '')}.md`)) ? [{ text, link }] : []));

const group = (text, items, collapsed = false) => ({ text, collapsed, items: pages(items) });

/** Pages of the reference below a folder: one an entry of the package. */
const entries = existsSync(here('../api'))
  ? readdirSync(here('../api'), { recursive: true })
      .filter((name) => name.endsWith('.md') && name !== 'index.md')
      .map((name) => name.replace(/\.md$/, '').replaceAll('\\', '/'))
      .sort()
  : [];

export default {
  title: 'anyfile',
  description: 'One file API for S3, Google Cloud Storage, the web, the local disk, the browser’s own disk and memory.',
  lang: 'en',
  cleanUrls: false,
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark' },
    // Command lines that are set off by their indentation look as those within fences do.
    config(md) {
      const { fence } = md.renderer.rules;
      md.renderer.rules.code_block = (tokens, i, ...rest) => {
        tokens[i].info = 'sh';
        return fence(tokens, i, ...rest);
      };
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/start/page' },
      { text: 'Guides', link: '/datasets' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: [
      group('Start in five minutes', [
        ['In a page', '/start/page'],
        ['In a web worker', '/start/worker'],
        ['Node', '/start/node'],
        ['Deno', '/start/deno'],
        ['Bun', '/start/bun'],
        ['workerd', '/start/workerd'],
      ]),
      group('Stores', [
        ['Which store', '/stores/index'],
        ['Amazon S3', '/stores/s3'],
        ['Google Cloud Storage', '/stores/gcs'],
        ['Cloudflare R2', '/stores/r2'],
        ['Backblaze B2', '/stores/b2'],
        ['MinIO and others', '/stores/minio'],
        ['Credentials', '/auth'],
        ['Remote signer', '/signer'],
        ['Security', '/security'],
      ]),
      group('Guides', [
        ['Files with metadata', '/datasets'],
        ['The cache', '/caching'],
        ['HDF5', '/hdf5'],
        ['Transfers', '/transfers'],
        ['Watching a transfer', '/watching'],
        ['Workers', '/workers'],
        ['Service worker', '/service-worker'],
        ['Adapters', '/adapters'],
        ['Recipes', '/recipes'],
        ['Coming from another library', '/migration'],
      ]),
      group('Reference', [
        ['The command', '/cli'],
        ['Its options', '/cli-reference'],
        ['Errors', '/errors'],
        ['Benchmarks', '/benchmarks'],
      ]),
      {
        text: 'API',
        collapsed: true,
        items: [...pages([['anyfile', '/api/index']]), ...entries.map((name) => ({ text: `anyfile/${name}`, link: `/api/${name}` }))],
      },
    ],
  },
};
