/**
 * The programs of docs/datasets.md.
 *
 * @module
 */
import guide from '../../../docs/datasets.md';
import type { ClientOptions } from '../../../src/index.ts';
import { openGuide, type Program } from '../../guide-page.ts';

export type { Program } from '../../guide-page.ts';

/** Where programs run. */
export interface Place {
  bucket: string;
  folder: string;
  options: ClientOptions;
}

const page = openGuide(guide);

/** All programs of the page. */
export const programs: readonly Program[] = page.programs;

/** The block that holds a file. */
export const fileBlock = (name: string): string => page.block('file', name);

/** The block of CORS rules. */
export const corsRules = (): unknown => JSON.parse(page.block('cors', 's3') || 'null');

/**
 * Runs programs one after the other in one place.
 *
 * @returns what the last one printed
 */
export const runPrograms = (names: readonly string[], { bucket, folder, options }: Place): Promise<string> =>
  page.run(names, {
    options,
    replace: [
      ['new Client()', 'new Client(OPTIONS)'],
      [`'mem://my-bucket';`, `${JSON.stringify(bucket)};`],
      [`'guide'`, JSON.stringify(folder)],
    ],
  });
