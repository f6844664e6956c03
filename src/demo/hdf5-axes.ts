/**
 * Which part of a dataset is looked at: a line along one axis, or the plane of the last two, at one index of all others. Fields and sliders for it.
 *
 * @module
 */
import type { ArrayDataset } from './array-file.ts';
import { fill, h, newId } from './dom.ts';
import { formatNumber } from './format.ts';
import type { Axis } from './heat-map.ts';

/** Along a line or over a plane no more than this is shown, unless it is asked for. */
const lineCount = 100_000;
const planeCount = 512;

/** What is to be read. */
export interface Choice {
  /** One axis for a line, two for a plane. */
  readonly axes: readonly Axis[];
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

/** Fields for the part of a dataset that is looked at. */
export class AxisFields {
  readonly box: HTMLElement = h('div', { class: 'axes' });
  readonly #shape: readonly number[];
  readonly #onChange: () => void;
  readonly #shown: HTMLSelectElement = h('select', { name: 'shown' });
  /** First and last index of axes that are shown, and the index of those that are not. */
  readonly #from: number[];
  readonly #to: number[];
  readonly #index: number[];

  /** @param onChange something was chosen */
  constructor({ shape }: ArrayDataset, onChange: () => void) {
    this.#shape = shape ?? [];
    this.#onChange = onChange;
    const rank = this.#shape.length;
    const most = rank > 1 ? planeCount : lineCount;
    this.#from = this.#shape.map(() => 0);
    this.#to = this.#shape.map((extent) => Math.min(extent, most) - 1);
    this.#index = this.#shape.map(() => 0);
    const choices = this.#shape.map((_, axis): [string, string] => [String(axis), `a line along axis ${axis}`]);
    if (rank > 1) choices.unshift(['plane', `a plane of axes ${rank - 2} and ${rank - 1}`]);
    fill(this.#shown, ...choices.map(([value, text]) => h('option', { value }, text)));
    this.#shown.onchange = () => {
      for (const axis of this.#axes) this.#to[axis] = Math.min(this.#shape[axis]!, this.#axes.length > 1 ? planeCount : lineCount) - 1;
      this.#build();
      this.#onChange();
    };
    this.#build();
  }

  /** The axes that are shown. */
  get #axes(): number[] {
    const rank = this.#shape.length;
    return this.#shown.value === 'plane' ? [rank - 2, rank - 1] : [Number(this.#shown.value)];
  }

  /** What is chosen. */
  choice(): Choice {
    const axes = this.#axes.map((axis) => ({ axis, from: this.#from[axis]!, step: 1, count: this.#to[axis]! - this.#from[axis]! + 1 }));
    const ranges = this.#shape.map((_, axis): [number, number] =>
      this.#axes.includes(axis) ? [this.#from[axis]!, this.#to[axis]! + 1] : [this.#index[axis]!, this.#index[axis]! + 1],
    );
    return { axes, ranges };
  }

  #build(): void {
    const shown = this.#axes;
    const others = this.#shape.map((_, axis) => axis).filter((axis) => !shown.includes(axis));
    const id = newId();
    this.#shown.id = id;
    fill(
      this.box,
      this.#shape.length > 1 && h('div', { class: 'field' }, h('label', { for: id }, 'Show'), this.#shown),
      ...shown.map((axis) => this.#part(axis)),
      ...others.map((axis) => this.#slider(axis)),
    );
  }

  /** First and last index of an axis that is shown. */
  #part(axis: number): HTMLElement {
    const last = this.#shape[axis]! - 1;
    const number = (label: string, places: number[]): HTMLInputElement => {
      const input = h('input', {
        type: 'number',
        min: 0,
        max: last,
        step: 1,
        value: places[axis],
        'aria-label': `${label} index of axis ${axis}`,
      });
      input.onchange = () => {
        const value = Math.round(input.valueAsNumber);
        if (Number.isFinite(value)) places[axis] = Math.min(last, Math.max(0, value));
        if (this.#from[axis]! > this.#to[axis]!) (places === this.#from ? this.#to : this.#from)[axis] = places[axis]!;
        first.valueAsNumber = this.#from[axis]!;
        end.valueAsNumber = this.#to[axis]!;
        this.#onChange();
      };
      return input;
    };
    const first = number('First', this.#from);
    const end = number('Last', this.#to);
    return h(
      'fieldset',
      { class: 'field' },
      h('legend', {}, `Axis ${axis}, 0 to ${formatNumber(last)}`),
      h('span', { class: 'from-to' }, first, 'to', end),
    );
  }

  /** The index of an axis that is not shown. */
  #slider(axis: number): HTMLElement {
    const last = this.#shape[axis]! - 1;
    const id = newId();
    const input = h('input', { type: 'range', id, min: 0, max: last, step: 1, value: this.#index[axis], disabled: last === 0 });
    const said = h('output', { for: id }, this.#index[axis]);
    input.oninput = () => {
      this.#index[axis] = input.valueAsNumber;
      said.textContent = formatNumber(input.valueAsNumber);
      this.#onChange();
    };
    return h('div', { class: 'field' }, h('label', { for: id }, `Axis ${axis} at `, said, ` of 0 to ${formatNumber(last)}`), input);
  }
}
