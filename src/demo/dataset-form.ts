/**
 * `<anyfile-dataset-filters>`: the fields by which the files of a dataset are filtered while one types.
 *
 * @module
 */
import type { Field, Wishes } from './dataset-filter.ts';
import type { Row } from './dataset-rows.ts';
import { fill, h, newId } from './dom.ts';
import { formatNumber } from './format.ts';

/** More labels than these are found by typing. */
const mostChips = 24;

type TextField = Exclude<Field, 'labels' | 'tag'>;

interface FieldSetup {
  label: string;
  type?: string;
  placeholder?: string;
}

const setups: Record<TextField, FieldSetup> = {
  name: { label: 'Name contains', type: 'search' },
  label: { label: 'Label contains', type: 'search' },
  value: { label: 'Tag’s value', type: 'search', placeholder: 'text, >80, 1..9' },
  from: { label: 'From', type: 'datetime-local' },
  to: { label: 'To', type: 'datetime-local' },
  least: { label: 'Size from', placeholder: '2 kB' },
  most: { label: 'Size to', placeholder: '1.5 MB' },
};

/** The element. */
export class DatasetForm extends HTMLElement {
  /** Something was typed or chosen. */
  onChange: (() => void) | undefined;
  private readonly inputs: Record<TextField, HTMLInputElement> = Object.fromEntries(
    (Object.keys(setups) as TextField[]).map((name) => [name, input(name)]),
  ) as Record<TextField, HTMLInputElement>;
  private readonly tag: HTMLSelectElement = h('select', { name: 'tag', id: newId() });
  private readonly chips: HTMLElement = h('div', { class: 'choices' });
  private readonly labels: HTMLElement = h('fieldset', { class: 'choice' }, h('legend', {}, 'Labels, all of'), this.chips);
  private labelBox: HTMLElement | undefined;

  connectedCallback(): void {
    if (this.firstChild) return;
    const { name, label, value, from, to, least, most } = this.inputs;
    const boxes = [name, label].map(box);
    this.labelBox = boxes[1];
    const tagBox = h('div', { class: 'field' }, h('label', { for: this.tag.id }, 'Tag'), this.tag);
    const note = 'Times with a zone are compared in UTC, those without as they are written.';
    const form = h(
      'form',
      { class: 'filters', role: 'search', autocomplete: 'off', 'aria-label': 'Filter the files of the dataset' },
      h('div', { class: 'fields' }, ...boxes, tagBox, box(value), box(from), box(to), box(least), box(most)),
      this.labels,
      h('div', { class: 'bar' }, h('button', { type: 'reset', class: 'quiet' }, 'Clear the filters'), h('p', { class: 'note' }, note)),
    );
    form.oninput = () => this.changed();
    form.onreset = () => setTimeout(() => this.changed());
    form.onsubmit = (event) => event.preventDefault();
    this.append(form);
  }

  /** Offer the labels and tags that some files have, and ask for nothing. */
  offer(rows: readonly Row[]): void {
    const labels = countsOf(rows.flatMap((row) => [...row.labels]));
    const tags = countsOf(rows.flatMap((row) => Object.keys(row.tags)));
    this.querySelector('form')?.reset();
    const chip = ([label, n]: [string, number]): HTMLElement =>
      h('label', { class: 'pick' }, h('input', { type: 'checkbox', name: 'labels', value: label }), label, h('small', {}, formatNumber(n)));
    fill(this.chips, ...labels.slice(0, mostChips).map(chip));
    this.labels.hidden = labels.length === 0;
    this.labelBox!.hidden = labels.length <= mostChips;
    const option = ([name, n]: [string, number]): HTMLElement => h('option', { value: name }, `${name} (${formatNumber(n)})`);
    const byName = tags.toSorted(([a], [b]) => (a < b ? -1 : 1));
    fill(this.tag, h('option', { value: '' }, 'any'), ...byName.map(option));
    this.changed();
  }

  /** What is asked for. */
  wishes(): Wishes {
    const texts = Object.fromEntries(Object.entries(this.inputs).map(([name, { value }]) => [name, value])) as Record<TextField, string>;
    const checked = [...this.chips.querySelectorAll<HTMLInputElement>('input:checked')];
    return { ...texts, tag: this.tag.value, labels: checked.map(({ value }) => value) };
  }

  /** Mark the fields that are no sense. */
  mark(bad: ReadonlySet<Field>): void {
    for (const [name, field] of Object.entries(this.inputs)) {
      if (bad.has(name as Field)) field.setAttribute('aria-invalid', 'true');
      else field.removeAttribute('aria-invalid');
    }
  }

  private changed(): void {
    this.inputs.value.disabled = this.tag.value === '';
    this.onChange?.();
  }
}

/** Each text with how often it is there, the most frequent first. */
function countsOf(texts: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

function input(name: TextField): HTMLInputElement {
  const { type = 'text', placeholder } = setups[name];
  const more = type === 'datetime-local' ? { step: 60 } : { autocapitalize: 'off', spellcheck: 'false' };
  return h('input', { type, name, id: newId(), placeholder, autocomplete: 'off', ...more });
}

function box(field: HTMLInputElement): HTMLElement {
  return h('div', { class: 'field' }, h('label', { for: field.id }, setups[field.name as TextField].label), field);
}
