import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { equal, ok, test } from '../harness.ts';
import { root } from './project.ts';

/** What the page loads before anybody does anything, minified and gzipped. */
const maxBytes = 60_000;

const dir = join(root, 'dist-demo');
const gzipped = (name: string): number => gzipSync(readFileSync(join(dir, name)), { level: 9 }).length;

/** A module and what it imports statically, by their names in the folder. */
function closure(entry: string): string[] {
  const found = new Set([entry]);
  for (const name of found)
    for (const [, path = ''] of readFileSync(join(dir, name), 'utf8').matchAll(/(?:\bfrom|\bimport)\s*"(\.[^"]+\.js)"/g))
      found.add(join(dirname(name), path));
  return [...found];
}

test(`the first view of the page is at most ${maxBytes} bytes of scripts and styles`, () => {
  const html = readFileSync(join(dir, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/<script[^>]* src="([^"]+)"/g)].map(([, path = '']) => path);
  const styles = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(([, path = '']) => path);
  equal(scripts, ['main.js']);
  ok(styles.includes('styles.css'), 'a style sheet');
  const modules = scripts.flatMap(closure);
  const bytes = [...modules, ...styles].reduce((sum, name) => sum + gzipped(name), 0);
  console.log(`size - first view: ${bytes} of ${maxBytes} bytes, ${modules.length + styles.length} files`);
  ok(bytes <= maxBytes, `at most ${maxBytes} bytes instead of ${bytes}`);
});

test('the first view holds no viewer, no HDF5 and no module of WebAssembly', () => {
  for (const name of closure('main.js')) {
    const text = readFileSync(join(dir, name), 'utf8');
    for (const word of ['\\0asm', 'AGFzb', 'uplot', 'H5Fopen']) ok(!text.includes(word), `${name}: ${word}`);
  }
});
