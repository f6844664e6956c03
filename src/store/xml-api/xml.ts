/**
 * Just enough XML for the answers of object stores: elements by name, five entities and numeric ones, no DTD, no attributes, linear time.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Undo entities; an unknown one stays as it is. */
export function unescapeXml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name) return entities[name] ?? whole;
    const code = decimal ? Number(decimal) : parseInt(hex!, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Escape text for an element. */
export const escapeXml = (text: string): string => text.replace(/[&<>"'\r\n\t]/g, (c) => `&#${c.charCodeAt(0)};`);

/** The text of the first `<name>` in `xml`, unescaped; `undefined` when there is none. */
export function xmlField(xml: string, name: string): string | undefined {
  const open = `<${name}>`;
  const from = xml.indexOf(open);
  if (from < 0) return undefined;
  const to = xml.indexOf(`</${name}>`, from);
  return to < 0 ? undefined : unescapeXml(xml.slice(from + open.length, to));
}

/** The inner XML of every `<name>` in `xml`. */
export function* xmlBlocks(xml: string, name: string): Generator<string> {
  const open = `<${name}>`;
  const close = `</${name}>`;
  for (let from = xml.indexOf(open); from >= 0;) {
    const to = xml.indexOf(close, from);
    if (to < 0) throw notXml(name);
    yield xml.slice(from + open.length, to);
    from = xml.indexOf(open, to);
  }
}

/** Refuse a document that is cut or is not what was asked for. */
export function checkXml(xml: string, root: string): string {
  const end = xml.slice(-200).trimEnd();
  if (!end.endsWith(`</${root}>`) && !(end.endsWith('/>') && xml.includes(`<${root}`))) throw notXml(root);
  return xml;
}

const notXml = (name: string): CloudError =>
  new CloudError(`the answer is not a whole <${name}>`, { code: 'InvalidResponse', retryable: true });
