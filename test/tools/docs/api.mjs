// The reference of the API as pages, made by TypeDoc from the comments of the sources.
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bundle.mjs';
import { run } from '../run.mjs';

/** The entries of the package that are modules: `sign` for `anyfile/sign`, `index` for `anyfile`. */
export function entryNames(manifest) {
  return Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target.default.replace('./dist/browser/', '').replace(/\.js$/, '')],
  );
}

/**
 * Writes a page for each entry.
 *
 * @param modules node_modules of the tools
 * @param work an empty folder for what TypeDoc needs; a folder in the project
 * @param out where the pages go
 */
export async function writeApi({ manifest, modules, work, out }) {
  // TypeDoc looks for plugins and for the compiler from where it is, and for types from where the project is.
  symlinkSync(modules, join(work, 'node_modules'));
  const entryPoints = entryNames(manifest).map((name) => join(root, 'src', `${name}.ts`));
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { skipLibCheck: true },
    include: [join(root, 'src')],
    exclude: [join(root, 'src/platform/node'), join(root, 'src/cli'), join(root, 'src/demo')],
  };
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(config));
  const options = {
    entryPoints,
    tsconfig: join(work, 'tsconfig.json'),
    out,
    name: 'API',
    readme: 'none',
    plugin: ['typedoc-plugin-markdown'],
    outputFileStrategy: 'modules',
    entryModule: 'index',
    entryFileName: 'index.md',
    // The project's own compiler has checked the types; another version may see them otherwise.
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    disableSources: true,
    hideBreadcrumbs: true,
    hidePageHeader: true,
    hideGroupHeadings: false,
    useCodeBlocks: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    propertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    sanitizeComments: true,
    gitRevision: 'main',
    basePath: join(root, 'src'),
    validation: { notExported: false, invalidLink: false, rewrittenLink: false, notDocumented: false },
    logLevel: 'Warn',
  };
  writeFileSync(join(work, 'typedoc.json'), JSON.stringify(options));
  const { code, output } = await run(process.execPath, [join(modules, 'typedoc/bin/typedoc'), '--options', join(work, 'typedoc.json')], {
    cwd: work,
  });
  if (code !== 0) throw new Error(`TypeDoc ended with ${code}: ${output.trim().slice(-3000)}`);
  return output.trim();
}
