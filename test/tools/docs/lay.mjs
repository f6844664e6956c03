// Lays the project's pages together as a site: docs/ at its root, the readme as its first page, and what these point at beside them.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { root } from '../bundle.mjs';

/** Where a page of the project stands in the site; undefined where it has none. */
function placeOf(path) {
  if (path === 'README.md') return 'index.md';
  if (path.startsWith('docs/')) return path.slice('docs/'.length);
  return path.endsWith('.md') ? `project/${path}` : undefined;
}

/** Text in pieces, of which every second one is a block of code and stays as it is. */
const codeIn = /(^(?:```|~~~)[\s\S]*?^(?:```|~~~)$)/m;

/** The links of a page that lead to files of the project, from its root. */
function linkedFrom(path, target) {
  if (/^[a-z][\w+.-]*:|^#|^\//i.test(target)) return undefined;
  return posix.normalize(posix.join(posix.dirname(path), decodeURI(target.replace(/#.*$/, ''))));
}

/**
 * A page with its links as they lead in the site; the name alone where what is linked has no place there.
 *
 * @param path from the project's root
 * @returns the text, and the files of the project to which it leads
 */
export function relink(path, text) {
  const leadsTo = new Set();
  const here = posix.dirname(placeOf(path));
  const link = (whole, name, target) => {
    const linked = linkedFrom(path, target);
    if (linked === undefined) return whole;
    const place = placeOf(linked);
    if (place === undefined) return name;
    leadsTo.add(linked);
    return `[${name}](./${posix.relative(here, place)}${/#.*$/.exec(target)?.[0] ?? ''})`;
  };
  const pieces = text.split(new RegExp(codeIn, 'gm'));
  const relinked = pieces.map((piece, i) => (i % 2 ? piece : piece.replace(/\[([^\]]*)\]\(([^)\s]+)\)/g, link)));
  return { text: relinked.join(''), leadsTo: [...leadsTo] };
}

/**
 * Writes the pages of the site.
 *
 * @param out an empty folder
 */
export function layPages(out) {
  const files = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name.replaceAll('\\', '/')}`);
  const queue = ['README.md', ...files.filter((path) => path.endsWith('.md'))];
  const seen = new Set(queue);
  for (const path of queue) {
    const { text, leadsTo } = relink(path, readFileSync(join(root, path), 'utf8'));
    const place = join(out, placeOf(path));
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
    for (const linked of leadsTo) {
      // A page that is missing is left to VitePress, which says who points at it.
      if (seen.has(linked) || !existsSync(join(root, linked))) continue;
      seen.add(linked);
      queue.push(linked);
    }
  }
}
