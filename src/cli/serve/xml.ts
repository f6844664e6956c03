/**
 * The XML of S3's answers, and as much reading as its requests need: elements by name, entities, no attributes, linear time.
 *
 * @module
 */

/** Of every answer that is no error. */
export const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

const escapeText = (text: string): string => text.replace(/[&<>"'\x00-\x1f\x7f]/g, (char) => `&#${char.charCodeAt(0)};`);

/** `<name>text</name>`. */
export const element = (name: string, text: string | number | boolean): string => `<${name}>${escapeText(String(text))}</${name}>`;

/** A document around elements that are made already. */
export const xmlDocument = (content: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n${content}`;

/** A document of S3's namespace. */
export const s3Document = (name: string, content: string): string => xmlDocument(`<${name} xmlns="${NAMESPACE}">${content}</${name}>`);

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescapeText = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name) return entities[name] ?? whole;
    const code = decimal ? Number(decimal) : parseInt(hex ?? '', 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/** What is inside of each `<name>`, where no attributes stand in it. */
export function* blocks(xml: string, name: string): Generator<string, void, undefined> {
  const [open, close] = [`<${name}>`, `</${name}>`];
  for (let from = xml.indexOf(open); from >= 0;) {
    const to = xml.indexOf(close, from);
    if (to < 0) return;
    yield xml.slice(from + open.length, to);
    from = xml.indexOf(open, to);
  }
}

/** The text of the first `<name>`; undefined where there is none. */
export function field(xml: string, name: string): string | undefined {
  const found = blocks(xml, name).next();
  return found.done ? undefined : unescapeText(found.value);
}
