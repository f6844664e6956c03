/**
 * An error as a card: what it means, what to do, and the details.
 *
 * @module
 */
import type { Protocol } from '../index.ts';
import { adviceFor, detailsOf } from './advice.ts';
import { h } from './dom.ts';

/** What may help at once. */
export interface Help {
  text: string;
  act: () => void;
}

/** The card. @param help a button, where there is one */
export function troubleCard(error: unknown, protocol: Protocol | undefined, help?: Help): HTMLElement {
  const { title, steps, snippet } = adviceFor(error, { protocol, origin: location.origin });
  const code = (error as { code?: unknown }).code;
  return h(
    'section',
    { class: 'card trouble' },
    h('h2', {}, title, ' ', typeof code === 'string' && h('code', { class: 'badge bad' }, code)),
    h('ul', {}, ...steps.map((step) => h('li', {}, step))),
    help && h('div', { class: 'bar' }, h('button', { type: 'button', class: 'primary', onclick: help.act }, help.text)),
    snippet && h('details', {}, h('summary', {}, snippet.label), h('pre', { tabindex: 0 }, snippet.text)),
    h('details', {}, h('summary', {}, 'Technical details'), h('pre', { tabindex: 0 }, detailsOf(error))),
  );
}
