/**
 * A line of not too many numbers as SVG: axes, gaps where there is no number, and a mark. Drawn in the page's colours, which change with it.
 *
 * @module
 */
import { ticksOf } from '../axis-ticks.ts';
import type { Axis } from '../heat-map.ts';
import type { Drawing } from './drawing.ts';

const space = 'http://www.w3.org/2000/svg';
/** Room for numbers around the line, in px. */
const room = { left: 68, right: 14, top: 10, bottom: 28 };

function element(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const made = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Round numbers between two, some five of them; the two themselves when they are the same. */
export function valueTicks(low: number, high: number): number[] {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return Number.isFinite(low) ? [low] : [];
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => span / size <= 5)!;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9 && ticks.length < 12; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

const shortNumber = (value: number): string =>
  Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(1) : String(Number(value.toPrecision(6)));

/**
 * Draw.
 *
 * @param extent least and greatest of the numbers
 * @param onPoint is told of the value that is pointed at
 */
export function drawSvgLine(
  host: HTMLElement,
  { axis, values, low, high }: { axis: Axis; values: ArrayLike<number>; low: number; high: number },
  onPoint: (index: number | undefined) => void,
): Drawing {
  const svg = element('svg', { 'aria-hidden': 'true', class: 'svg-line' }) as SVGSVGElement;
  const mark = element('circle', { r: 4, class: 'mark', visibility: 'hidden' });
  let size = { width: 0, height: 0 };
  host.append(svg);

  const wide = (): number => size.width - room.left - room.right;
  const tall = (): number => size.height - room.top - room.bottom;
  const x = (i: number): number => room.left + ((i + 0.5) / axis.count) * wide();
  const y = (value: number): number => room.top + (high > low ? (high - value) / (high - low) : 0.5) * tall();

  const path = (): string => {
    let text = '';
    let isGap = true;
    for (let i = 0; i < axis.count; i++) {
      const value = values[i]!;
      if (Number.isFinite(value)) {
        // a single value between gaps is a dot
        const isDot = isGap && !Number.isFinite(values[i + 1] ?? Number.NaN);
        text += `${isGap ? 'M' : 'L'}${x(i).toFixed(1)} ${y(value).toFixed(1)}${isDot ? 'h0.01' : ''}`;
      }
      isGap = !Number.isFinite(value);
    }
    return text;
  };
  const draw = (): void => {
    const { width, height } = size;
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.setAttribute('width', String(width));
    svg.setAttribute('height', String(height));
    const bottom = room.top + tall();
    const marks = ticksOf(axis, wide()).flatMap(([index, at]) => [
      element('line', { class: 'grid-line', x1: room.left + at, x2: room.left + at, y1: room.top, y2: bottom }),
      element('text', { x: room.left + at, y: bottom + 19, 'text-anchor': 'middle' }, String(index)),
    ]);
    const lines = valueTicks(low, high).flatMap((value) => [
      element('line', { class: 'grid-line', x1: room.left, x2: room.left + wide(), y1: y(value), y2: y(value) }),
      element('text', { x: room.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, shortNumber(value)),
    ]);
    svg.replaceChildren(...marks, ...lines, element('path', { class: 'line', d: path() }), mark);
  };
  const point = ({ clientX }: PointerEvent): void => {
    const i = Math.floor(((clientX - svg.getBoundingClientRect().left - room.left) / wide()) * axis.count);
    onPoint(i >= 0 && i < axis.count ? i : undefined);
  };
  svg.addEventListener('pointermove', point);
  svg.addEventListener('pointerleave', () => onPoint(undefined));
  return {
    resize(width, height) {
      if (width === size.width && height === size.height) return;
      size = { width, height };
      draw();
    },
    mark(i) {
      const value = i === undefined ? Number.NaN : values[i]!;
      mark.setAttribute('visibility', Number.isFinite(value) ? 'visible' : 'hidden');
      if (i === undefined || !Number.isFinite(value)) return;
      mark.setAttribute('cx', String(x(i)));
      mark.setAttribute('cy', String(y(value)));
    },
    recolour() {},
    remove: () => svg.remove(),
  };
}
