/** See xml.mjs. */
export interface XmlElement {
  name: string;
  text: string;
  children: XmlElement[];
}
export function element(name: string, text: string): string;
export function parseXml(source: string): XmlElement;
