// The site: the pages of docs/ and those of the API are laid together, and VitePress makes HTML of them. It refuses links that lead nowhere.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../bundle.mjs';
import { run } from '../run.mjs';
import { writeApi } from './api.mjs';
import { layPages } from './lay.mjs';
import { serveFolder } from './serve.mjs';
import { installDocsTools } from './tools.mjs';

const buildMs = 300_000;

/** What a page or style sheet would fetch from another host when it is read. Links that a reader follows are none. */
function foreignIn(path) {
  const text = readFileSync(path, 'utf8');
  const found =
    text.match(/<(?:script|link|img|iframe|source|video|audio|object|embed)\b[^>]*?\b(?:src|href|data)="(?:https?:)?\/\/[^"]*"/gi) ?? [];
  const styles = path.endsWith('.css') ? (text.match(/(?:url\(|@import)\s*["']?(?:https?:)?\/\/[^"')\s]*/gi) ?? []) : [];
  return [...found, ...styles].map((what) => `${relative(root, path)}: ${what}`);
}

/**
 * Builds the site.
 *
 * @param options.out its folder. @default build/docs
 * @returns the folder from the project's, the number of pages, and what TypeDoc warns of
 */
export async function buildSite({ out = join(root, 'build', 'docs') } = {}) {
  const modules = await installDocsTools();
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  mkdirSync(join(root, 'build'), { recursive: true });
  // In the project, where TypeDoc finds what the sources import.
  const work = mkdtempSync(join(root, 'build', 'docs-'));
  try {
    const pages = join(work, 'pages');
    cpSync(join(root, 'docs', '.vitepress'), join(pages, '.vitepress'), { recursive: true });
    layPages(pages);
    const typedoc = join(work, 'typedoc');
    mkdirSync(typedoc);
    const warnings = await writeApi({ manifest, modules, work: typedoc, out: join(pages, 'api') });
    symlinkSync(modules, join(pages, 'node_modules'));
    const args = [join(modules, 'vitepress/bin/vitepress.js'), 'build', pages, '--outDir', out];
    const { code, output } = await run(process.execPath, args, { cwd: pages, timeoutMs: buildMs, env: { ...process.env, NO_COLOR: '1' } });
    if (code !== 0) throw new Error(`VitePress ended with ${code}:\n${output.trim().slice(-4000)}`);
    const files = readdirSync(out, { recursive: true, encoding: 'utf8' });
    const foreign = files.filter((name) => /\.(html|css)$/.test(name)).flatMap((name) => foreignIn(join(out, name)));
    if (foreign.length) throw new Error(`a page would fetch from elsewhere:\n${foreign.join('\n')}`);
    return { out: relative(root, out), pages: files.filter((name) => name.endsWith('.html')).length, warnings };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Shows a built site until it is interrupted. */
export async function serveSite(out, port) {
  const address = await serveFolder(join(root, out), port);
  console.log(`${address}  (Ctrl-C ends it)`);
}
