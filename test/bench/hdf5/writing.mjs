// Writing one large dataset block by block: anyfile, which streams to the disk, beside h5wasm, which makes the file in memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { run } from '../../tools/run.mjs';
import { written } from './cases.mjs';

const script = fileURLToPath(new URL('writing-side.mjs', import.meta.url));

async function once(way, module, folder) {
  const path = join(folder, `${way}.h5`);
  const { output } = await run(process.execPath, [script, JSON.stringify({ way, module, path, ...written })], { timeoutMs: 120_000 });
  rmSync(path, { force: true });
  const line = output.split('\n').findLast((text) => text.startsWith('{'));
  return line ? JSON.parse(line) : { error: output.trim().slice(-600) };
}

/**
 * Measures it.
 *
 * @param dist the built package
 * @returns round by round and way by way `{ rate, ms, heapBytes, residentBytes }`; undefined where the package does not write
 */
export async function runWriting({ dist, rounds, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'anyfile-bench-'));
  const modules = { anyfile: pathToFileURL(join(dist, 'node/hdf5.js')).href, 'h5wasm, blocks': 'h5wasm', 'h5wasm, one piece': 'h5wasm' };
  try {
    const results = [];
    for (let round = 0; round < Math.min(rounds, written.rounds); round++) {
      const result = {};
      for (const [way, module] of Object.entries(modules)) {
        result[way] = await once(way, module, folder);
        const { ms, heapBytes, residentBytes, error } = result[way];
        if (/there is no mode 'w'/.test(error ?? '')) {
          log('writing: this package does not write');
          return undefined;
        }
        if (error) throw new Error(`writing, ${way}: ${error}`);
        log(
          `writing, ${way}: ${Math.round(ms)} ms, heap ${Math.round(heapBytes / 1e6)} MB, resident ${Math.round(residentBytes / 1e6)} MB`,
        );
      }
      results.push(result);
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
