/**
 * A line of many numbers on a canvas, drawn by uPlot: drag over a part to enlarge it, click twice for all.
 *
 * @module
 */
import Plot from 'uplot';
import type { Axis } from '../heat-map.ts';
import type { Drawing } from './drawing.ts';

/**
 * Draw.
 *
 * @param onPoint is told of the value that is pointed at
 */
export function drawUplotLine(
  host: HTMLElement,
  { axis, values }: { axis: Axis; values: ArrayLike<number> },
  onPoint: (index: number | undefined) => void,
): Drawing {
  const x = Float64Array.from({ length: axis.count }, (_, i) => axis.from + i * axis.step);
  const y = Array.from(values, (value) => (Number.isFinite(value) ? value : null));
  const color = (name: string) => (): string => getComputedStyle(host).getPropertyValue(name);
  const lines = {
    stroke: color('--soft'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line') },
    font: `12px ${getComputedStyle(host).fontFamily}`,
  };
  const options: Plot.Options = {
    width: 300,
    height: 200,
    legend: { show: false },
    // indexes are no times
    scales: { x: { time: false } },
    axes: [lines, { ...lines, size: 68 }],
    series: [{}, { stroke: color('--accent'), width: 1.5, points: { show: false } }],
    hooks: { setCursor: [({ cursor: { idx } }) => onPoint(idx ?? undefined)] },
  };
  const plot = new Plot(options, [x, y], host);
  return {
    resize: (width, height) => plot.setSize({ width, height }),
    mark(i) {
      if (i === undefined) return;
      const value = values[i]!;
      plot.setCursor({ left: plot.valToPos(x[i]!, 'x'), top: Number.isFinite(value) ? plot.valToPos(value, 'y') : 0 }, false);
    },
    recolour: () => plot.redraw(false, true),
    remove: () => plot.destroy(),
  };
}
