/**
 * Where charts are kept.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import type { Task } from '../io.ts';
import type { Chart } from './chart.ts';
import { renderHtml, renderSvg } from './render.ts';

/** What charts are written as. */
export type ChartFormat = 'svg' | 'html';

/** `2026-11-21_19-53-01Z` */
export const timestamp = (date: Date): string => date.toISOString().replace('T', '_').replaceAll(':', '-').replace(/\.\d+/, '');

/** Write a chart to a path that nobody has, or to one that was asked for, and tell of it. @param path without its ending; with it when `exact` */
export async function saveChart(task: Task, chart: Chart, path: string, format: ChartFormat, exact = false): Promise<void> {
  const content = await (format === 'svg' ? renderSvg(chart) : renderHtml(chart));
  const save = async (name: string): Promise<void> => {
    await writeFile(name, content, { flag: exact ? 'w' : 'wx' });
    await task.out.action(`Saved chart: ${name}`, { operation: task.name, chart: name });
  };
  if (exact) return save(path);
  for (let attempt = 1; ; attempt++) {
    try {
      return await save(`${path}${attempt > 1 ? `-${attempt}` : ''}.${format}`);
    } catch (error) {
      // two runs in one second
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt === 100) throw error;
    }
  }
}
