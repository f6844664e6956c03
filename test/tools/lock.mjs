// Completes package-lock.json, or the one that is named: node test/tools/lock.mjs [file], after `npm install`. npm leaves out optional packages for other platforms
// where the registry in use does not carry them, and `npm ci` then refuses the file everywhere. Their versions are known from
// the packages that want them, their platforms from their names; a checksum cannot be had, so none is written.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const platforms =
  /(?:^|[-/])(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-(\w+?)(?:-(gnu|musl)\w*|-(?:msvc|eabi))?$/;
const processors = { armv7: 'arm' };
const libraries = { gnu: 'glibc', musl: 'musl' };

/** Optional packages that have no entry of their own, as entries to add. */
export function missingEntries(packages) {
  const missing = {};
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (packages[`${path}/node_modules/${name}`] || packages[`node_modules/${name}`]) continue;
      const [, os, cpu, library] = platforms.exec(name) ?? [];
      if (!os || !/^\d+\.\d+\.\d+/.test(version)) throw new Error(`no platform in ${name}@${version}`);
      missing[`node_modules/${name}`] = {
        version,
        cpu: [processors[cpu] ?? cpu],
        ...(dev && { dev }),
        ...(os === 'linux' && library && cpu !== 'arm' && { libc: [libraries[library]] }),
        optional: true,
        os: [os],
      };
    }
  }
  return missing;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = process.argv[2] ?? new URL('../../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(path, 'utf8'));
  const added = missingEntries(lock.packages);
  const { '': project, ...rest } = lock.packages;
  const sorted = Object.entries({ ...rest, ...added }).sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = { '': project, ...Object.fromEntries(sorted) };
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${Object.keys(added).length} entries added`);
}
