/**
 * Tabs as WAI-ARIA's pattern has them: arrows move, one panel is there at a time and is made when it is chosen.
 *
 * @module
 */
import { fill, h, newId } from './dom.ts';
import type { View } from './views.ts';

/**
 * Make tabs, the first of them chosen.
 *
 * @param label what they are for, for those who do not see it
 */
export function tabs(views: readonly View[], label = 'Ways to look'): HTMLElement {
  const panel = h('div', { role: 'tabpanel', id: newId(), class: 'panel' });
  const buttons = views.map(({ title }) => h('button', { type: 'button', role: 'tab', id: newId(), 'aria-controls': panel.id }, title));
  const choose = (chosen: number): void => {
    buttons.forEach((button, i) => {
      button.setAttribute('aria-selected', String(i === chosen));
      button.tabIndex = i === chosen ? 0 : -1;
    });
    panel.setAttribute('aria-labelledby', buttons[chosen]!.id);
    fill(panel, views[chosen]!.make());
  };
  buttons.forEach((button, i) => {
    button.onclick = () => choose(i);
    button.onkeydown = ({ key }) => {
      const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
      if (!step) return;
      const next = (i + step + views.length) % views.length;
      choose(next);
      buttons[next]!.focus();
    };
  });
  choose(0);
  return h('div', { class: 'tabs' }, h('div', { role: 'tablist', 'aria-label': label }, ...buttons), panel);
}
