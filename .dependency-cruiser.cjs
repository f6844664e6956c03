// Who may import whom: the table of ARCHITECTURE.md. A room imports only rooms of lower levels, itself, and what is allowed by name.
const rooms = [
  { level: 0, name: 'ground', path: '^src/(errors|types)\\.ts$|^src/(types|util)/' },
  { level: 1, name: 'platform', path: '^src/platform/' },
  // A plain path is made absolute by the platform.
  { level: 1, name: 'url', path: '^src/url/', also: '^src/platform/' },
  { level: 1, name: 'wasm', path: '^src/wasm/' },
  { level: 2, name: 'rpc', path: '^src/rpc/' },
  { level: 2, name: 'integrity', path: '^src/integrity/' },
  { level: 2, name: 'encoding', path: '^src/encoding/' },
  { level: 2, name: 'auth', path: '^src/auth/' },
  { level: 2, name: 'transport', path: '^src/transport/' },
  { level: 2, name: 'handle', path: '^src/handle/' },
  { level: 3, name: 'store', path: '^src/store/' },
  { level: 3, name: 'monitor', path: '^src/monitor/' },
  { level: 3, name: 'signer', path: '^src/signer/' },
  { level: 4, name: 'service-worker', path: '^src/service-worker/' },
  { level: 4, name: 'cache', path: '^src/cache/' },
  { level: 5, name: 'open', path: '^src/open/' },
  // Large files that go on where an earlier transfer ended.
  { level: 6, name: 'files', path: '^src/files/', also: '^src/uploads/' },
  { level: 6, name: 'cloudpath', path: '^src/cloudpath/' },
  { level: 6, name: 'hdf5', path: '^src/hdf5/' },
  { level: 6, name: 'uploads', path: '^src/uploads/' },
  { level: 7, name: 'data', path: '^src/data/' },
  { level: 7, name: 'diagnose', path: '^src/diagnose/' },
  { level: 7, name: 'jobs', path: '^src/jobs/' },
  // A client in a worker offers what a Client does.
  { level: 7, name: 'worker', path: '^src/worker/', also: '^src/(data|diagnose)/' },
  {
    level: 8,
    name: 'entries',
    path: '^src/(client|index|aliases|sign|s3|gcs|hash|hdf5|worker|service-worker|signer|adapters/[\\w-]+|codecs|codecs/[\\w-]+)\\.ts$',
  },
];

/** Drivers: each knows what they share, none knows another, and only open/open-store.ts and the leaf entries know them. */
const drivers = ['s3/', 'gcs/', 'http/', 'file\\.ts', 'opfs\\.ts', 'memory\\.ts'];

const layers = rooms.map(({ level, name, path, also = '^$' }) => {
  const below = rooms.filter((room) => room.level < level).map((room) => room.path);
  return {
    name: `${name}-imports-lower-rooms-only`,
    severity: 'error',
    from: { path },
    to: { path: '^src/', pathNot: [path, also, ...below].join('|') },
  };
});

const apart = drivers.map((driver) => ({
  name: `driver-${driver.replace(/\W.*/, '')}-stands-alone`,
  severity: 'error',
  from: {
    path: '^src/(?!open/open-store\\.ts)',
    pathNot: `^src/store/${driver}|^src/(client|index|s3|gcs)\\.ts$|^src/diagnose/diagnose\\.ts$`,
  },
  to: { path: `^src/store/${driver}` },
}));

module.exports = {
  forbidden: [
    ...layers,
    ...apart,
    {
      name: 'drivers-load-on-use',
      comment: 'open/open-store.ts reaches drivers by import() alone',
      severity: 'error',
      from: { path: '^src/open/open-store\\.ts$' },
      to: { path: `^src/store/(${drivers.join('|')})`, dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'cli-and-demo-use-the-public-api',
      severity: 'error',
      from: { path: '^src/(cli|demo)/' },
      to: {
        path: '^src/',
        pathNot: '^src/(index|sign|s3|gcs|hash|hdf5|worker|service-worker|signer|adapters/[\\w-]+|codecs|codecs/[\\w-]+)\\.ts$|^src/$1/',
      },
    },
    {
      name: 'node-names-in-the-platform-and-cli-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(platform/node|cli)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'one-platform-does-not-know-the-other',
      severity: 'error',
      from: { path: '^src/platform/(node|browser)/' },
      to: { path: '^src/platform/(node|browser)/', pathNot: '^src/platform/$1/' },
    },
    // Cycles are oxlint's import/no-cycle, which tells types from values.
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/demo/' },
      // What goes into the build.
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/(brotli-wasm|echarts)/' },
    },
    { name: 'no-undeclared-packages', severity: 'error', from: {}, to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs'], conditionNames: ['browser', 'import'], exportsFields: ['exports'] },
  },
};
