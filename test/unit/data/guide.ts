/**
 * The programs of docs/datasets.md: taken out of the page, and run as modules, with what they import put in as an import map would.
 *
 * @module
 */
import guide from '../../../docs/datasets.md';
import * as anyfile from '../../../src/index.ts';
import type { ClientOptions } from '../../../src/index.ts';
import { toBase64 } from '../../../src/util/base64.ts';
import { encodeUtf8 } from '../../../src/util/utf8.ts';
import { equal, ok } from '../../harness.ts';

/** A program of the page. */
export interface Program {
  name: string;
  text: string;
  /** What it prints, by the page. */
  prints: string;
  /** Programs that must have run before it. */
  after: string | undefined;
  /** What a place must be able to do for it. */
  needs: string | undefined;
}

/** Where programs run. */
export interface Place {
  bucket: string;
  folder: string;
  options: ClientOptions;
}

const fences = [...guide.matchAll(/^```(\S+) ?(.*)\n([\s\S]*?)^```$/gm)].map(([, language = '', info = '', text = '']) => ({
  language,
  text,
  about: Object.fromEntries([...info.matchAll(/(\w+)=(\S+)/g)].map(([, key = '', value = '']) => [key, value])) as Record<string, string>,
}));

/** All programs of the page. */
export const programs: readonly Program[] = fences.flatMap(({ language, about, text }, i) => {
  const { example: name, after, needs } = about;
  if (language !== 'js' || name === undefined) return [];
  const next = fences[i + 1];
  return [{ name, text, after, needs, prints: next?.language === 'text' ? next.text : '' }];
});

/** The block that holds a file. */
export const fileBlock = (name: string): string => fences.find(({ about }) => about['file'] === name)?.text ?? '';

/** The block of CORS rules. */
export const corsRules = (): unknown => JSON.parse(fences.find(({ about }) => about['cors'] === 's3')?.text ?? 'null');

interface Given {
  anyfile: typeof anyfile;
  options: ClientOptions;
  console: { log(...values: unknown[]): void };
}

/** Where modules find what they are given. */
const desk = ((globalThis as { anyfileGuide?: Record<string, Given> }).anyfileGuide ??= {});
let runs = 0;

/** In base64, since Bun takes other `data:` URLs for texts. */
const moduleOf = (text: string): string => `data:text/javascript;base64,${toBase64(encodeUtf8(text))}`;

/** Puts something in the place of a text that is there exactly once. */
function put(text: string, old: string, replacement: string): string {
  equal(text.split(old).length - 1, 1, `${old} in a module of the guide`);
  return text.replace(old, () => replacement);
}

/** What goes in front of each module: nothing of it can be seen by what is in it, but `console`. */
const nameOf = (key: string): string => `globalThis.anyfileGuide[${JSON.stringify(key)}]`;

/**
 * Runs programs one after the other in one place.
 *
 * @returns what the last one printed
 */
export async function runPrograms(names: readonly string[], { bucket, folder, options }: Place): Promise<string> {
  const key = `run ${++runs}`;
  let printed = '';
  const log = (...values: unknown[]): void => {
    // Other values are printed in another way by each runtime.
    for (const value of values) ok(['string', 'number', 'boolean'].includes(typeof value), 'a text to print');
    printed += `${values.map(String).join(' ')}\n`;
  };
  desk[key] = { anyfile, options, console: { log } };
  const given = nameOf(key);
  const library = moduleOf(
    Object.keys(anyfile)
      .map((name) => `export const ${name} = ${given}.anyfile.${name};\n`)
      .join(''),
  );
  let text = put(fileBlock('place.js'), `'anyfile'`, JSON.stringify(library));
  text = put(text, 'new Client()', `new Client(${given}.options)`);
  text = put(text, `'mem://my-bucket';`, `${JSON.stringify(bucket)};`);
  text = put(text, `'guide'`, JSON.stringify(folder));
  const place = moduleOf(text);
  const { client } = (await import(place)) as { client: anyfile.Client };
  try {
    for (const name of names) {
      printed = '';
      const program = programs.find((one) => one.name === name);
      ok(program, `a program ${name} in the guide`);
      const body = put(put(program.text, `'anyfile'`, JSON.stringify(library)), `'./place.js'`, JSON.stringify(place));
      await import(moduleOf(`const { console } = ${given};\n${body}`));
    }
    return printed;
  } finally {
    await client.close();
    delete desk[key];
  }
}
