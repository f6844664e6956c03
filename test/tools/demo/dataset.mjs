// The dataset of the main job: the CSV and JSON files of the npm package vega-datasets.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const maxBytes = 2_000_000;
const types = { csv: 'text/csv', json: 'application/json', png: 'image/png' };
const kindOf = (name) => name.slice(name.lastIndexOf('.') + 1);

/**
 * The files, each as key, bytes and content type.
 *
 * @returns version of the package, the files of at most 2 MB, how many larger ones are left out, and its few pictures, which only the page shows
 */
export function readDataset(root) {
  const home = join(root, 'node_modules', 'vega-datasets');
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const dir = join(home, 'data');
  const names = readdirSync(dir).sort();
  const wanted = names.filter((name) => ['csv', 'json'].includes(kindOf(name)));
  const small = wanted.filter((name) => statSync(join(dir, name)).size <= maxBytes);
  const file = (name) => {
    const kind = kindOf(name);
    return { name, key: `${kind}/${name}`, path: join(dir, name), bytes: readFileSync(join(dir, name)), contentType: types[kind] };
  };
  return {
    version,
    maxBytes,
    files: small.map(file),
    leftOut: wanted.length - small.length,
    pictures: names.filter((name) => kindOf(name) === 'png').map(file),
  };
}
