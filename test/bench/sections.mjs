// docs/benchmarks.md has parts that are measured apart: each run writes its own and leaves the others.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const head =
  '# Benchmarks\n\nWritten by `npm run bench` and, with `-- wasm`, `-- dataset`, `-- cache`, `-- hdf5`, `-- transfer`, `-- jobs` or `-- worker` behind it, each its part; do not edit.\n';
const order = ['requests', 'kernels', 'datasets', 'cache', 'hdf5', 'transfers', 'jobs', 'workers'];
const edges = (name) => [`<!-- begin ${name} -->\n`, `<!-- end ${name} -->\n`];

/** Puts a part into the page, in its place. */
export function writeSection(path, name, text) {
  const page = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const parts = Object.fromEntries(
    order.map((part) => {
      const [begin, end] = edges(part);
      return [part, page.includes(begin) ? page.slice(page.indexOf(begin) + begin.length, page.indexOf(end)) : undefined];
    }),
  );
  parts[name] = `\n${text.trim()}\n\n`;
  const body = order.filter((part) => parts[part]).map((part) => edges(part).join(parts[part]));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, [head, ...body].join('\n'));
}
