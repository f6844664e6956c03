/**
 * A JSON value as a tree that is built where it is unfolded.
 *
 * @module
 */
import { h, type Child } from './dom.ts';
import { count } from './format.ts';

const chunk = 100;

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null;

function leaf(value: unknown): HTMLElement {
  return h('span', { class: `json-${value === null ? 'null' : typeof value}` }, JSON.stringify(value));
}

function branch(name: Child, value: object, open: boolean): HTMLElement {
  const entries: [string, unknown][] = Object.entries(value);
  const what = Array.isArray(value) ? `[ ${count(entries.length, 'item')} ]` : `{ ${count(entries.length, 'field')} }`;
  const details = h('details', {}, h('summary', {}, name, h('span', { class: 'json-size' }, what)));
  const list = h('ul');
  const grow = (from: number): void => {
    list.append(...entries.slice(from, from + chunk).map(([key, inner]) => h('li', {}, jsonTree(inner, `${key}: `))));
    if (from + chunk >= entries.length) return;
    const rest = entries.length - from - chunk;
    const more = h('button', { type: 'button', class: 'quiet' }, `${count(Math.min(chunk, rest), 'more item')} of ${count(rest, 'item')}`);
    const item = h('li', {}, more);
    more.onclick = () => {
      item.remove();
      grow(from + chunk);
    };
    list.append(item);
  };
  const unfold = (): void => {
    if (!details.open || list.isConnected || list.parentNode) return;
    grow(0);
    details.append(list);
  };
  details.ontoggle = unfold;
  if (open) {
    details.open = true;
    unfold();
  }
  return details;
}

/**
 * Build the tree.
 *
 * @param label in front of the value
 * @param open whether its first level is unfolded. @default false
 */
export function jsonTree(value: unknown, label: string = '', open: boolean = false): HTMLElement {
  const name = label && h('span', { class: 'json-key' }, label);
  return isBranch(value) ? branch(name, value, open) : h('span', {}, name, leaf(value));
}
