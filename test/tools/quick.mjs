// The suite in this machine's Node alone: node test/tools/quick.mjs [piece of a path …] [-t piece of a name] [--no-servers]
// Servers that are installed already are started; tests of others are skipped. ANYFILE_SEED=n repeats a run's property tests.
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServers } from '../servers/start.mjs';
import { bundleTests, nodeEntries, root, testFiles } from './bundle.mjs';
import { closingLine, run } from './run.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { name: { type: 'string', short: 't' }, 'no-servers': { type: 'boolean' }, kind: { type: 'string', default: 'node' } },
});
// Long files first, so that none is left to run alone at the end.
const sizeOf = (file) => statSync(join(root, 'test', file)).size;
const files = testFiles(values.kind)
  .filter((file) => !positionals.length || positionals.some((piece) => file.includes(piece)))
  .sort((a, b) => sizeOf(b) - sizeOf(a));
const outdir = join(root, 'build', 'test', `quick-${process.pid}`);
mkdirSync(outdir, { recursive: true });
let servers;
const result = { passed: 0, failed: 0, skipped: 0 };
try {
  const { built, broken } = await bundleTests({ files, entries: nodeEntries, outdir, platform: 'node' });
  for (const { file, reason } of broken) console.log(`not ok - ${file} does not build: ${reason}`);
  result.failed = broken.length;
  if (built.length) {
    servers = await startServers({ none: values['no-servers'] });
    const env = { ...servers.env, engine: 'node' };
    const claims = join(outdir, 'claims');
    mkdirSync(claims);
    const options = {
      env: {
        ...process.env,
        NODE_NO_WARNINGS: '1',
        ANYFILE_TEST_ENV: JSON.stringify(env),
        ANYFILE_TEST_NAME: values.name ?? '',
        ANYFILE_TEST_CLAIMS: claims,
      },
    };
    // The tests of the package measure: nothing runs beside them. The others wait more than they compute.
    const processes = values.kind === 'meta' ? 1 : Math.min(built.length, 3);
    const runs = Array.from({ length: processes }, async () => {
      const ended = await run(process.execPath, ['--enable-source-maps', join(outdir, 'main.js')], options);
      const part = closingLine(ended);
      // The closing line is written below, for all.
      process.stdout.write(ended.output.replace(/^\d+ (passed, \d+ failed|skipped)\n/gm, ''));
      if (!part.reported) console.log(`not ok - a process ended without a closing line (exit ${ended.code})`);
      // One of several may have come too late for any test.
      const idle = part.reported && !part.passed && !part.skipped && /^0 passed, 0 failed$/m.test(ended.output);
      for (const key of ['passed', 'failed', 'skipped']) result[key] += idle ? 0 : part[key];
    });
    await Promise.all(runs);
  }
} finally {
  await servers?.stop();
  rmSync(outdir, { recursive: true, force: true });
}
if (result.skipped) console.log(`${result.skipped} skipped`);
console.log(`${result.passed} passed, ${result.failed} failed`);
process.exitCode = result.failed || !(result.passed + result.skipped) ? 1 : 0;
