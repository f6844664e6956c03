/**
 * Elements without markup in strings: nothing that a store names or holds can become HTML, and no `style=` is ever written.
 *
 * @module
 */

/** What may stand inside an element; `null`, `undefined` and `false` are nothing. */
export type Child = Node | string | number | null | undefined | false;

/** What a property or attribute is set to. */
export type Prop = string | number | boolean | undefined | ((event: never) => unknown);

/**
 * Make an element.
 *
 * @param props functions become properties (`onclick`), `true` an empty attribute, `false` and `undefined` none, the rest attributes
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Record<string, Prop> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') Object.assign(element, { [name]: value });
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  fill(element, ...children);
  return element;
}

/** Replace what an element holds. */
export function fill(element: Element, ...children: Child[]): void {
  const kept = children.filter((child) => child !== null && child !== undefined && child !== false);
  element.replaceChildren(...kept.map((child) => (typeof child === 'number' ? String(child) : child)));
}

const shapes = {
  folder: 'M2 4.5h4.2l1.6 2H14v6.5a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1z',
  file: 'M4 2h5l3 3v9H4zM9 2v3h3',
};

/** A small picture that readers of the page need not hear of. */
export function icon(name: keyof typeof shapes): SVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const path = document.createElementNS(space, 'path');
  for (const [key, value] of Object.entries({ viewBox: '0 0 16 16', class: `icon ${name}`, 'aria-hidden': 'true' }))
    svg.setAttribute(key, value);
  path.setAttribute('d', shapes[name]);
  svg.append(path);
  return svg;
}

let ids = 0;

/** An id that no other element of the page has. */
export const newId = (): string => `af-${++ids}`;
