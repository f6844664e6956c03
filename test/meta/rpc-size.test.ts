import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { none, root } from './project.ts';
import { ok, test } from '../harness.ts';

// What a page and a worker load to talk to one another, beside the error class and the helpers that every entry holds.
const halves: Record<string, string> = {
  page: `export { connectLink } from './src/rpc/connect-link.ts';`,
  worker: `export { createPeer } from './src/rpc/peer.ts'; export { serveLinks } from './src/rpc/serve-links.ts';`,
};
const maxBytes = 3000;

for (const [half, contents] of Object.entries(halves)) {
  test(`the protocol between threads, the half of the ${half}, is at most ${maxBytes} bytes`, async () => {
    const { outputFiles, metafile } = await build({
      stdin: { contents, resolveDir: root, loader: 'ts' },
      bundle: true,
      minify: true,
      write: false,
      metafile: true,
      format: 'esm',
      target: 'es2022',
      external: ['../errors.ts', '../util/*'],
      logLevel: 'silent',
    });
    const bytes = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
    console.log(`size - protocol, ${half}: ${bytes} of ${maxBytes} bytes`);
    ok(bytes <= maxBytes, `at most ${maxBytes} bytes instead of ${bytes}`);
    none(
      Object.keys(metafile.inputs).filter((path) => !/^(src\/rpc\/|<stdin>$)/.test(path)),
      'modules of other rooms',
    );
  });
}
