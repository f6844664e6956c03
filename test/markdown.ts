/**
 * Blocks of code in pages of the docs.
 *
 * @module
 */

/** A fenced block. */
export interface Fence {
  /** What stands behind the fence first: `js`. */
  language: string;
  /** Words behind the language that stand alone: `page`. */
  words: string[];
  /** Words with a value: `example=open`. */
  about: Record<string, string>;
  text: string;
  /** Of its first line, from 1. */
  line: number;
}

/** The fenced blocks of a page, in order. */
export function fencesOf(page: string): Fence[] {
  return [...page.matchAll(/^```([^\s`]*) ?(.*)\n([\s\S]*?)^```$/gm)].map(({ index, 1: language = '', 2: info = '', 3: text = '' }) => {
    const words = info.split(/\s+/).filter(Boolean);
    const pairs = words
      .filter((word) => word.includes('='))
      .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
    return {
      language,
      words: words.filter((word) => !word.includes('=')),
      about: Object.fromEntries(pairs) as Record<string, string>,
      text,
      line: page.slice(0, index).split('\n').length + 1,
    };
  });
}

/** Lines of a page that are commands by their indentation, as `anyfile ls`; those of fenced blocks are none. */
export function indentedLines(page: string): { text: string; line: number }[] {
  let fenced = false;
  return page.split('\n').flatMap((text, i) => {
    if (text.startsWith('```')) fenced = !fenced;
    return !fenced && text.startsWith('    ') ? [{ text: text.trim(), line: i + 1 }] : [];
  });
}
