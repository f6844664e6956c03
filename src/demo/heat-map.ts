/**
 * `<anyfile-heat-map>`: numbers of two axes as colours, the first row on top. Arrow keys and the pointer tell single values.
 *
 * @module
 */
import { ticksOf } from './axis-ticks.ts';
import { h } from './dom.ts';
import { viridis } from './viridis.ts';

/** Elements of one axis. */
export interface Axis {
  /** Which axis of the dataset. */
  readonly axis: number;
  /** Its first index. */
  readonly from: number;
  readonly step: number;
  readonly count: number;
}

/** What is drawn. */
export interface Field {
  readonly label: string;
  readonly rows: Axis;
  readonly columns: Axis;
  /** Row by row. */
  readonly values: ArrayLike<number>;
  /** One of them with all its digits. */
  textAt(i: number): string;
}

/** Room for numbers around the picture, in px. */
const room = { left: 62, right: 84, top: 8, bottom: 26 };
const mostHeight = 560;
const barPx = 12;

const short = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e7 ? String(value) : String(Number(value.toPrecision(4)));

/** The least and the greatest of the numbers that are some. */
export function extentOf(values: ArrayLike<number>): { low: number; high: number; missing: number } {
  let [low, high, missing] = [Infinity, -Infinity, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) missing++;
    else {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { low, high, missing };
}

/** The element. Make it with `new`, then {@link HeatMap.show}. */
export class HeatMap extends HTMLElement {
  private readonly canvas: HTMLCanvasElement = h('canvas', { tabindex: 0, role: 'img' });
  private readonly said: HTMLElement = h('p', { class: 'note', 'aria-live': 'polite' });
  private field: Field | undefined;
  private picture: HTMLCanvasElement | undefined;
  private extent: ReturnType<typeof extentOf> = { low: 0, high: 0, missing: 0 };
  /** The element that is told of, as row and column of the picture. */
  private at: [row: number, column: number] | undefined;
  private resized: ResizeObserver | undefined;
  private readonly dark: MediaQueryList = matchMedia('(prefers-color-scheme: dark)');

  connectedCallback(): void {
    if (!this.canvas.isConnected) this.append(this.canvas, this.said);
    this.canvas.onpointermove = ({ offsetX, offsetY }) => this.point(offsetX, offsetY);
    this.canvas.onpointerleave = () => this.tell(undefined);
    this.canvas.onkeydown = (event) => this.key(event);
    this.canvas.onblur = () => this.tell(undefined);
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this);
    this.dark.onchange = () => this.draw();
  }

  disconnectedCallback(): void {
    this.resized?.disconnect();
    this.dark.onchange = null;
  }

  /** Draw these. */
  show(field: Field): void {
    const { values, rows, columns, label } = field;
    this.field = field;
    this.extent = extentOf(values);
    this.at = undefined;
    const { low, high, missing } = this.extent;
    const none = low > high;
    const size = `${rows.count} rows and ${columns.count} columns`;
    const gaps = missing ? `, ${missing} without a number` : '';
    this.canvas.setAttribute('aria-label', `${label}: ${size}${none ? ', no numbers' : `, from ${short(low)} to ${short(high)}`}${gaps}`);
    this.picture = none ? undefined : paint(field, this.extent);
    this.tell(undefined);
  }

  private layout(): { width: number; height: number; wide: number; high: number } {
    const { rows, columns } = this.field!;
    const wide = Math.max(80, this.clientWidth - room.left - room.right);
    // elements are as wide as they are high, as far as that goes
    const high = Math.min(mostHeight, Math.max(40, (wide * rows.count) / columns.count));
    const ratio = columns.count / rows.count;
    const fit = Math.min(wide, Math.max(40, high * Math.max(ratio, 0.25)));
    return { width: fit + room.left + room.right, height: high + room.top + room.bottom, wide: fit, high };
  }

  private draw(): void {
    const { field, picture, canvas } = this;
    if (!field || !this.isConnected || this.clientWidth === 0) return;
    const { width, height, wide, high } = this.layout();
    const scale = devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext('2d')!;
    const style = getComputedStyle(this);
    const [ink, line] = [style.getPropertyValue('--soft'), style.getPropertyValue('--line')];
    context.scale(scale, scale);
    context.font = `12px ${style.fontFamily}`;
    context.imageSmoothingEnabled = false;
    context.strokeStyle = line;
    context.fillStyle = ink;
    if (picture) context.drawImage(picture, room.left, room.top, wide, high);
    context.strokeRect(room.left - 0.5, room.top - 0.5, wide + 1, high + 1);
    context.textAlign = 'center';
    context.textBaseline = 'top';
    for (const [index, at] of ticksOf(field.columns, wide)) context.fillText(String(index), room.left + at, room.top + high + 7);
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const [index, at] of ticksOf(field.rows, high, 28)) context.fillText(String(index), room.left - 8, room.top + at);
    if (picture) this.drawBar(context, room.left + wide + 14, high);
    if (this.at) this.drawMark(context, wide, high);
  }

  private drawBar(context: CanvasRenderingContext2D, x: number, high: number): void {
    const { low, high: most } = this.extent;
    for (let y = 0; y < high; y++) {
      const pixel = viridis[Math.round((1 - y / Math.max(1, high - 1)) * 255)]!;
      context.fillStyle = `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
      context.fillRect(x, room.top + y, barPx, 1.5);
    }
    context.fillStyle = getComputedStyle(this).getPropertyValue('--soft');
    context.textAlign = 'left';
    context.textBaseline = 'top';
    context.fillText(short(most), x + barPx + 5, room.top);
    context.textBaseline = 'bottom';
    context.fillText(short(low), x + barPx + 5, room.top + high);
  }

  private drawMark(context: CanvasRenderingContext2D, wide: number, high: number): void {
    const { rows, columns } = this.field!;
    const [row, column] = this.at!;
    const [w, v] = [wide / columns.count, high / rows.count];
    const [x, y] = [room.left + column * w, room.top + row * v];
    for (const [style, grow] of [
      ['#000', 1.5],
      ['#fff', 0.5],
    ] as const) {
      context.strokeStyle = style;
      context.strokeRect(x - grow, y - grow, w + 2 * grow, v + 2 * grow);
    }
  }

  private point(x: number, y: number): void {
    if (!this.field) return;
    const { wide, high } = this.layout();
    const { rows, columns } = this.field;
    const row = Math.floor(((y - room.top) / high) * rows.count);
    const column = Math.floor(((x - room.left) / wide) * columns.count);
    const isIn = row >= 0 && row < rows.count && column >= 0 && column < columns.count;
    this.tell(isIn ? [row, column] : undefined);
  }

  private key(event: KeyboardEvent): void {
    const moves: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const move = moves[event.key];
    if (!move || !this.field || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const far = event.shiftKey ? 10 : 1;
    const { rows, columns } = this.field;
    const [row, column] = this.at ?? [0 - move[0] * far, 0 - move[1] * far];
    const clip = (place: number, count: number): number => Math.min(count - 1, Math.max(0, place));
    this.tell([clip(row + move[0] * far, rows.count), clip(column + move[1] * far, columns.count)]);
  }

  private tell(at: [number, number] | undefined): void {
    const { field } = this;
    this.at = at;
    this.draw();
    if (!field || !at) {
      this.said.textContent = 'Point at the picture, or go into it with the arrow keys, to read single values.';
      return;
    }
    const { rows, columns } = field;
    const [row, column] = at;
    const place = (axis: Axis, i: number): string => `axis ${axis.axis}: ${axis.from + i * axis.step}`;
    this.said.textContent = `${place(rows, row)}, ${place(columns, column)}: ${field.textAt(row * columns.count + column)}`;
  }
}

/** A pixel for each element; what is no number is left out. */
function paint({ rows, columns, values }: Field, { low, high }: { low: number; high: number }): HTMLCanvasElement {
  const canvas = h('canvas', { width: columns.count, height: rows.count });
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(columns.count, rows.count);
  const pixels = new Uint32Array(image.data.buffer);
  const factor = high > low ? 255 / (high - low) : 0;
  for (let i = 0; i < pixels.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) pixels[i] = viridis[Math.round((value - low) * factor)]!;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
