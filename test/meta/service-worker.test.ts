// What a browser would load for `anyfile/service-worker` as it is published: no code that comes later, which service workers refuse, and no name that
// only an import map resolves, which they have not.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { none, read, root } from './project.ts';
import { ok, test } from '../harness.ts';

/** A module and all that it imports, by paths from the project's folder. */
function closure(entry: string): string[] {
  const files = [entry];
  // grows while it is walked
  for (const file of files) {
    for (const [, name = ''] of read(file).matchAll(/\b(?:from|import)\s*['"]([^'"]+)['"]/g)) {
      const path = name.startsWith('.') ? join(dirname(file), name) : name;
      if (!files.includes(path)) files.push(path);
    }
  }
  return files;
}

for (const entry of ['dist/browser/service-worker.js', 'dist/cdn/service-worker.js']) {
  test(`a service worker can load ${entry} as it is`, () => {
    const files = closure(entry);
    const [missing, there] = [false, true].map((isThere) => files.filter((file) => existsSync(join(root, file)) === isThere));
    none(missing!, 'names that are no files');
    none(
      there!.filter((file) => /\bimport\s*\(/.test(read(file))),
      'files that load code later',
    );
  });
}

test('what loads code later is found', () => {
  const files = closure('dist/browser/s3.js');
  ok(files.length > 1 && files.some((file) => /\bimport\s*\(/.test(read(file))), 'drivers of S3 come with the first call');
});
