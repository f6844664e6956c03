/**
 * `<anyfile-line-plot>`: numbers of one axis as a line, drawn by uPlot, which is loaded for the first one. Arrow keys and the pointer tell single
 * values.
 *
 * @module
 */
import type uPlot from 'uplot';
import { h } from './dom.ts';
import { numberText } from './hdf5-value.ts';
import { extentOf, type Axis } from './heat-map.ts';

/** What is drawn. */
export interface Curve {
  readonly label: string;
  readonly axis: Axis;
  readonly values: ArrayLike<number>;
  /** One of them with all its digits. */
  textAt(i: number): string;
}

const heightPx = 340;

/** The element. Make it with `new`, then {@link LinePlot.show}. */
export class LinePlot extends HTMLElement {
  private readonly place: HTMLElement = h('div', { tabindex: 0, role: 'img', class: 'plot' });
  private readonly said: HTMLElement = h('p', { class: 'note', 'aria-live': 'polite' });
  private plot: uPlot | undefined;
  private curve: Curve | undefined;
  private at: number | undefined;
  private resized: ResizeObserver | undefined;
  private readonly dark: MediaQueryList = matchMedia('(prefers-color-scheme: dark)');

  connectedCallback(): void {
    if (!this.place.isConnected) this.append(this.place, this.said);
    this.place.onkeydown = (event) => this.key(event);
    this.resized = new ResizeObserver(() => this.plot?.setSize({ width: this.clientWidth, height: heightPx }));
    this.resized.observe(this);
    this.dark.onchange = () => this.plot?.redraw(false, true);
    if (this.curve && !this.plot) void this.draw();
  }

  disconnectedCallback(): void {
    this.resized?.disconnect();
    this.dark.onchange = null;
    this.plot?.destroy();
    this.plot = undefined;
  }

  /** Draw these. */
  show(curve: Curve): Promise<void> {
    this.curve = curve;
    this.at = undefined;
    const { low, high, missing } = extentOf(curve.values);
    const range = low > high ? 'no numbers' : `from ${numberText(low)} to ${numberText(high)}`;
    const gaps = missing ? `, ${missing} without a number` : '';
    this.place.setAttribute('aria-label', `${curve.label}: ${curve.axis.count} values, ${range}${gaps}`);
    this.tell(undefined);
    return this.draw();
  }

  private async draw(): Promise<void> {
    const { default: Plot } = await import('uplot');
    const { curve } = this;
    if (!curve || !this.isConnected) return;
    const { axis, values } = curve;
    const x = Float64Array.from({ length: axis.count }, (_, i) => axis.from + i * axis.step);
    const y = Array.from(values, (value) => (Number.isFinite(value) ? value : null));
    if (this.plot) return this.plot.setData([x, y]);
    const color = (name: string) => (): string => getComputedStyle(this).getPropertyValue(name);
    const { fontFamily } = getComputedStyle(this);
    const lines = {
      stroke: color('--soft'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { stroke: color('--line') },
      font: `12px ${fontFamily}`,
    };
    const options: uPlot.Options = {
      width: Math.max(120, this.clientWidth),
      height: heightPx,
      legend: { show: false },
      // indexes are no times
      scales: { x: { time: false } },
      axes: [lines, { ...lines, size: 68 }],
      series: [{}, { stroke: color('--accent'), width: 1.5, points: { show: axis.count <= 200 } }],
      hooks: { setCursor: [({ cursor: { idx } }) => this.tell(idx ?? undefined)] },
    };
    this.plot = new Plot(options, [x, y], this.place);
  }

  private key(event: KeyboardEvent): void {
    const { plot, curve } = this;
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -100, PageDown: 100, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || !plot || !curve || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const { axis, values } = curve;
    const at = Math.min(axis.count - 1, Math.max(0, (this.at ?? (step > 0 ? -1 : 1)) + step));
    plot.setCursor({ left: plot.valToPos(axis.from + at * axis.step, 'x'), top: plot.valToPos(values[at]!, 'y') }, false);
    this.tell(at);
  }

  private tell(at: number | undefined): void {
    const { curve } = this;
    this.at = at;
    this.said.textContent =
      curve && at !== undefined
        ? `axis ${curve.axis.axis}: ${curve.axis.from + at * curve.axis.step}: ${curve.textAt(at)}`
        : 'Point at the line, or go along it with the arrow keys, to read single values; drag over a part to enlarge it, click twice for all.';
  }
}
