/**
 * CSV by RFC 4180 out of text that comes in pieces, cut anywhere. Quoted fields may hold separators, line ends and doubled quotes; a quote inside a
 * bare field is a character; what follows a closing quote belongs to the field. A line end behind the last record begins no other.
 *
 * @module
 */

/** What separates fields. */
export type Separator = ',' | ';' | '\t';

/** Where in a field the text ends so far. */
type State =
  | 'start' // before it
  | 'bare' // outside of quotes
  | 'quoted' // inside of quotes
  | 'quote'; // behind a quote that ends them, or is the first of two

/** The parser: {@link CsvParser.push} pieces, then {@link CsvParser.end}. */
export class CsvParser {
  readonly #separator: Separator;
  readonly #bare: RegExp;
  #state: State = 'start';
  #row: string[] = [];
  #field = '';
  /** The last piece ended in a carriage return: a line feed would be of the same line end. */
  #afterReturn = false;

  /** @param separator what separates fields; see `separatorOf` */
  constructor(separator: Separator) {
    this.#separator = separator;
    this.#bare = new RegExp(`[^${separator}\\r\\n]*`, 'y');
  }

  /** Characters of the record that is not at its end yet. */
  get pending(): number {
    return this.#row.reduce((sum, field) => sum + field.length, this.#field.length);
  }

  /** Take a piece; the records that end in it. */
  push(text: string): string[][] {
    const rows: string[][] = [];
    let at = this.#afterReturn && text[0] === '\n' ? 1 : 0;
    if (text) this.#afterReturn = false;
    while (at < text.length) {
      switch (this.#state) {
        case 'quoted': {
          const quote = text.indexOf('"', at);
          const end = quote < 0 ? text.length : quote;
          this.#field += text.slice(at, end);
          at = end + 1;
          if (quote >= 0) this.#state = 'quote';
          break;
        }
        case 'start':
        case 'quote':
          if (text[at] !== '"') {
            this.#state = 'bare';
            break;
          }
          if (this.#state === 'quote') this.#field += '"';
          this.#state = 'quoted';
          at++;
          break;
        case 'bare':
          at = this.#takeBare(text, at, rows);
      }
    }
    return rows;
  }

  /** What is outside of quotes, and what ends it; where to go on. */
  #takeBare(text: string, from: number, rows: string[][]): number {
    this.#bare.lastIndex = from;
    this.#field += this.#bare.exec(text)?.[0] ?? '';
    const at = this.#bare.lastIndex;
    if (at >= text.length) return at;
    this.#endField();
    if (text[at] === this.#separator) return at + 1;
    rows.push(this.#row);
    this.#row = [];
    if (text[at] === '\n') return at + 1;
    this.#afterReturn = at + 1 === text.length;
    return text[at + 1] === '\n' ? at + 2 : at + 1;
  }

  #endField(): void {
    this.#row.push(this.#field);
    this.#field = '';
    this.#state = 'start';
  }

  /** No more text comes: the record that it broke off in, if it did. The parser can be used anew. */
  end(): string[][] {
    if (this.#state === 'start' && this.#row.length === 0) return [];
    this.#endField();
    const row = this.#row;
    this.#row = [];
    return [row];
  }
}
