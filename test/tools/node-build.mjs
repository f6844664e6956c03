// How this project's sources are bundled where Node runs them outside the suite: as they stand, packages left outside.

/**
 * Options of esbuild; entries and where to are the caller's.
 *
 * @type {import('esbuild').BuildOptions}
 */
export const nodeBuild = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'es2022',
  packages: 'external',
  conditions: ['node'],
  loader: { '.wasm': 'base64' },
  logLevel: 'silent',
};
