/**
 * The drawing library, Apache ECharts: one script, and the licences of all that is in it. The build keeps copies in dist/charts, so that who
 * installs anyfile does not get 67 MB more for a chart; where nothing is built they are the packages'.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as ECharts from 'echarts';

const require = createRequire(import.meta.url);

/** The folder of what this module belongs to: the package, or the project. */
function home(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(dir, 'package.json')) && dirname(dir) !== dir) dir = dirname(dir);
  return dir;
}

function folders(): { echarts: string; zrender: string } {
  const copies = join(home(), 'dist', 'charts');
  if (existsSync(copies)) return { echarts: join(copies, 'echarts'), zrender: join(copies, 'zrender') };
  const echarts = require.resolve('echarts/package.json');
  return { echarts: dirname(echarts), zrender: dirname(createRequire(echarts).resolve('zrender/package.json')) };
}

const scriptOf = ({ echarts }: { echarts: string }): string => join(echarts, 'dist', 'echarts.min.js');

/** Load the library, to draw with it here. */
export const loadLibrary = (): typeof ECharts => require(scriptOf(folders())) as typeof ECharts;

/**
 * Read the library as text, for pages that draw by themselves.
 *
 * @returns the script, and the licences, which who passes a page on passes on too
 */
export async function readLibrary(): Promise<{ script: string; licences: string }> {
  const found = folders();
  const { echarts, zrender } = found;
  const places = [join(echarts, 'NOTICE'), join(echarts, 'LICENSE'), join(echarts, 'licenses', 'LICENSE-d3'), join(zrender, 'LICENSE')];
  const texts = await Promise.all(places.map((place) => readFile(place, 'utf8')));
  return { script: await readFile(scriptOf(found), 'utf8'), licences: texts.map((text) => text.trim()).join('\n\n---\n\n') };
}
