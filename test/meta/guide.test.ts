// docs/datasets.md in Node: its programs, saved as files without a change, with the built package.
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, test } from '../harness.ts';
import { fileBlock, programs } from '../unit/data/guide.ts';
import { root } from './project.ts';

/** Runs a file; the package finds itself by its own name, as it lies within it. */
function run(cwd: string, file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file], { cwd, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${file}: ${stderr}`));
      else resolve(stdout + stderr);
    });
  });
}

test(
  'the programs of the guide run in Node as they stand',
  async () => {
    const dir = join(root, 'build', `guide-${process.pid}`);
    mkdirSync(dir, { recursive: true });
    try {
      writeFileSync(join(dir, 'place.js'), fileBlock('place.js'));
      const printed = new Map(programs.map(({ name, prints }) => [name, prints]));
      for (const { name, text, after, needs, prints } of programs) {
        writeFileSync(join(dir, `${name}.js`), text);
        // memory signs no URLs
        if (needs === 'signing') continue;
        const names = after === undefined ? [name] : [after, name];
        writeFileSync(join(dir, 'run.js'), names.map((one) => `await import('./${one}.js');\n`).join(''));
        equal(await run(dir, 'run.js'), after === undefined ? prints : `${printed.get(after)}${prints}`, name);
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
  { timeoutMs: 60_000 },
);
