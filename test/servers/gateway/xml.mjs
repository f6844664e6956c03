/**
 * As much XML as S3 speaks: written by hand, read by a small strict parser without DTD.
 *
 * @module
 */

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text for an element. Control characters become references, as S3 does, although XML 1.0 forbids most of them. */
const escapeXml = (text) =>
  // oxlint-disable-next-line no-control-regex
  text.replace(
    /[&<>"\u0000-\u001f\u007f]/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? `&#x${c.charCodeAt(0).toString(16)};`,
  );

/** `<name>text</name>`, escaped. */
export const element = (name, text) => `<${name}>${escapeXml(String(text))}</${name}>`;

/** The same, or nothing where there is no text. */
export const optional = (name, text) => (text === undefined || text === null ? '' : element(name, text));

/** With the declaration in front. */
export const xmlDocument = (content) => HEAD + content;

/** An answer of 200 whose root has S3's namespace. */
export function xmlReply(root, content, headers = {}) {
  const body = Buffer.from(xmlDocument(`<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${root}>`));
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body };
}

function unescapeXml(text) {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));?/gi, (_, hex, decimal, name) => {
    if (name) {
      if (!NAMED[name]) throw new SyntaxError('entity');
      return NAMED[name];
    }
    return String.fromCodePoint(hex ? parseInt(hex, 16) : Number(decimal));
  });
}

/**
 * The root element as `{ name, text, children }`. Prefixes are cut off, attributes ignored.
 *
 * @throws {SyntaxError} for anything that is not well-formed
 */
export function parseXml(source) {
  const root = { name: '', text: '', children: [] };
  const open = [root];
  const attributes = /(?:\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*/.source;
  const token = new RegExp(
    String.raw`<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w.:-]+)${attributes}\s*(\/?)>|([^<]+)`,
    'y',
  );
  while (token.lastIndex < source.length) {
    const match = token.exec(source);
    if (!match) throw new SyntaxError('not well-formed');
    const [, cdata, closing, name, empty, text] = match;
    const here = open.at(-1);
    if (cdata !== undefined) here.text += cdata;
    else if (text !== undefined) here.text += unescapeXml(text);
    else if (closing) {
      if (open.length < 2 || here.name !== name.replace(/^.*:/, '')) throw new SyntaxError('wrong end');
      open.pop();
    } else if (name) {
      const child = { name: name.replace(/^.*:/, ''), text: '', children: [] };
      here.children.push(child);
      if (!empty) open.push(child);
    }
  }
  if (open.length !== 1 || root.children.length !== 1 || root.text.trim() !== '') throw new SyntaxError('no single root');
  return root.children[0];
}

/** The text of the first child of that name. */
export const childText = (parent, name) => parent.children.find((child) => child.name === name)?.text;

/** All children of that name. */
export const childrenOf = (parent, name) => parent.children.filter((child) => child.name === name);
