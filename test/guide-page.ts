/**
 * Programs of a page of docs: taken out of it, and run as modules, with what they import put in as an import map would.
 *
 * @module
 */
import * as anyfile from '../src/index.ts';
import type { ClientOptions } from '../src/index.ts';
import { toBase64 } from '../src/util/base64.ts';
import { encodeUtf8 } from '../src/util/utf8.ts';
import { equal, ok } from './harness.ts';
import { fencesOf } from './markdown.ts';

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

/** What a page holds, and how it is run. */
export interface GuidePage {
  readonly programs: readonly Program[];
  /** The block of which the words behind the language say so, as `file=place.js`; empty when there is none. */
  block(name: string, value: string): string;
  /**
   * Runs programs one after the other, with one `place.js`.
   *
   * @returns what the last one printed
   */
  run(names: readonly string[], place: GuidePlace): Promise<string>;
}

/** Where programs run. */
export interface GuidePlace {
  options: ClientOptions;
  /** What is there exactly once in `place.js`, and the code that takes its place; `OPTIONS` in it is where the options are. */
  replace: readonly (readonly [old: string, code: string])[];
}

/** What programs import by name. */
export type GuideModules = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Given extends Readonly<Record<string, unknown>> {
  modules: GuideModules;
}

/** Where modules find what they are given. */
const desk = ((globalThis as { anyfileGuide?: Record<string, Given> }).anyfileGuide ??= {});
let runs = 0;

/** In base64, since Bun takes other `data:` URLs for texts. */
const moduleOf = (text: string): string => `data:text/javascript;base64,${toBase64(encodeUtf8(text))}`;

/** Puts something in the place of a text that is there exactly once. */
export function put(text: string, old: string, replacement: string): string {
  equal(text.split(old).length - 1, 1, `${old} in a module of the guide`);
  return text.replace(old, () => replacement);
}

/** Puts the given modules in the place of their names. */
function putModules(text: string, libraries: ReadonlyMap<string, string>): string {
  let put = text;
  let found = 0;
  for (const [name, url] of libraries) {
    const parts = put.split(`'${name}'`);
    ok(parts.length <= 2, `'${name}' once at most in a module of the guide`);
    found += parts.length - 1;
    put = parts.join(JSON.stringify(url));
  }
  ok(found > 0, 'a module of the guide imports the package');
  return put;
}

/** Modules that hand on what lies under `from` on the desk, by their names. */
function librariesOf(from: string, modules: GuideModules): Map<string, string> {
  const handOn = (at: string, module: object): string =>
    moduleOf(
      Object.keys(module)
        .map((name) => `export const ${name} = ${at}.${name};\n`)
        .join(''),
    );
  return new Map(Object.entries(modules).map(([name, module]) => [name, handOn(`${from}.modules[${JSON.stringify(name)}]`, module)]));
}

/**
 * Runs one block as a module.
 *
 * @param given values for names that it uses and does not define
 */
export async function runBlock(text: string, modules: GuideModules, given: Readonly<Record<string, unknown>>): Promise<void> {
  const key = `run ${++runs}`;
  const from = `globalThis.anyfileGuide[${JSON.stringify(key)}]`;
  desk[key] = { modules, ...given };
  try {
    await import(moduleOf(`const { ${Object.keys(given).join(', ')} } = ${from};\n${putModules(text, librariesOf(from, modules))}`));
  } finally {
    delete desk[key];
  }
}

/**
 * Takes a page apart.
 *
 * @param modules what programs may import. @default the package's main entry
 */
export function openGuide(page: string, modules: GuideModules = { anyfile }): GuidePage {
  const fences = fencesOf(page);
  const programs = fences.flatMap(({ language, about, text }, i): Program[] => {
    const { example: name, after, needs } = about;
    if (language !== 'js' || name === undefined) return [];
    const next = fences[i + 1];
    return [{ name, text, after, needs, prints: next?.language === 'text' ? next.text : '' }];
  });
  const block = (name: string, value: string): string => fences.find(({ about }) => about[name] === value)?.text ?? '';

  async function run(names: readonly string[], { options, replace }: GuidePlace): Promise<string> {
    const key = `run ${++runs}`;
    // nothing of it can be seen by what is in a module, but `console`
    const given = `globalThis.anyfileGuide[${JSON.stringify(key)}]`;
    let printed = '';
    const log = (...values: unknown[]): void => {
      // Other values are printed in another way by each runtime.
      for (const value of values) ok(['string', 'number', 'boolean'].includes(typeof value), 'a text to print');
      printed += `${values.map(String).join(' ')}\n`;
    };
    desk[key] = { modules, options, console: { log } };
    const libraries = librariesOf(given, modules);
    let text = putModules(block('file', 'place.js'), libraries);
    for (const [old, code] of replace)
      text = put(
        text,
        old,
        code.replace('OPTIONS', () => `${given}.options`),
      );
    const place = moduleOf(text);
    const { client } = (await import(place)) as { client?: anyfile.Client };
    try {
      for (const name of names) {
        printed = '';
        const program = programs.find((one) => one.name === name);
        ok(program, `a program ${name} in the guide`);
        const body = put(putModules(program.text, libraries), `'./place.js'`, JSON.stringify(place));
        await import(moduleOf(`const { console } = ${given};\n${body}`));
      }
      return printed;
    } finally {
      await client?.close();
      delete desk[key];
    }
  }
  return { programs, block, run };
}
