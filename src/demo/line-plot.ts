/**
 * `<anyfile-line-plot>`: numbers of one axis as a line: as SVG, or, where they are many, by uPlot, which is loaded for the first such. Arrow keys and
 * the pointer tell single values.
 *
 * @module
 */
import { h } from './dom.ts';
import { extentOf, type Axis } from './heat-map.ts';
import { numberText } from './number-text.ts';
import type { Drawing } from './views/drawing.ts';
import { drawSvgLine } from './views/svg-line.ts';

/** What is drawn. */
export interface Curve {
  readonly label: string;
  readonly axis: Axis;
  readonly values: ArrayLike<number>;
  /** One of them with all its digits. */
  textAt(i: number): string;
}

const heightPx = 340;
/** More values than these are uPlot's. */
const mostOfSvg = 2000;

/** The element. Make it with `new`, then {@link LinePlot.show}. */
export class LinePlot extends HTMLElement {
  private readonly place: HTMLElement = h('div', { tabindex: 0, role: 'img', class: 'plot' });
  private readonly said: HTMLElement = h('p', { class: 'note', 'aria-live': 'polite' });
  private drawing: Drawing | undefined;
  private curve: Curve | undefined;
  private at: number | undefined;
  private resized: ResizeObserver | undefined;
  private readonly dark: MediaQueryList = matchMedia('(prefers-color-scheme: dark)');

  connectedCallback(): void {
    if (!this.place.isConnected) this.append(this.place, this.said);
    this.place.onkeydown = (event) => this.key(event);
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this);
    this.dark.onchange = () => this.drawing?.recolour();
    if (this.curve && !this.drawing) void this.draw();
  }

  disconnectedCallback(): void {
    this.resized?.disconnect();
    this.dark.onchange = null;
    this.drawing?.remove();
    this.drawing = undefined;
  }

  /** Draw these. */
  show(curve: Curve): Promise<void> {
    this.curve = curve;
    const { low, high, missing } = extentOf(curve.values);
    const range = low > high ? 'no numbers' : `from ${numberText(low)} to ${numberText(high)}`;
    const gaps = missing ? `, ${missing} without a number` : '';
    this.place.setAttribute('aria-label', `${curve.label}: ${curve.axis.count} values, ${range}${gaps}`);
    this.tell(undefined);
    return this.draw();
  }

  private async draw(): Promise<void> {
    const { curve } = this;
    if (!curve) return;
    const draw = curve.axis.count > mostOfSvg ? (await import('./views/uplot-line.ts')).drawUplotLine : drawSvgLine;
    if (curve !== this.curve || !this.isConnected) return;
    this.drawing?.remove();
    this.drawing = draw(this.place, { ...curve, ...extentOf(curve.values) }, (at) => this.tell(at));
    this.fit();
  }

  private fit(): void {
    this.drawing?.resize(Math.max(200, this.clientWidth), heightPx);
  }

  private key(event: KeyboardEvent): void {
    const { curve } = this;
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -100, PageDown: 100, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || !this.drawing || !curve || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.tell(Math.min(curve.axis.count - 1, Math.max(0, (this.at ?? (step > 0 ? -1 : 1)) + step)));
  }

  private tell(at: number | undefined): void {
    const { curve, drawing } = this;
    if (at !== this.at) {
      this.at = at;
      drawing?.mark(at);
    }
    // marking it may have told of another, which the pointer is at
    this.at = at;
    this.said.textContent =
      curve && at !== undefined
        ? `axis ${curve.axis.axis}: ${curve.axis.from + at * curve.axis.step}: ${curve.textAt(at)}`
        : `Point at the line, or go along it with the arrow keys, to read single values${curve && curve.axis.count > mostOfSvg ? '; drag over a part to enlarge it, click twice for all' : ''}.`;
  }
}
