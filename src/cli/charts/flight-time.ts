/**
 * The Gantt chart of a transfer: one bar a file.
 *
 * @module
 */
import type { LinesSeriesOption } from 'echarts';
import type { IoRow, TransferMonitor } from '../../index.ts';
import { humanSize } from '../sizes.ts';
import { heading, secondsAxis, shownCount, shownMs, shownName, type Chart } from './chart.ts';
import { VIRIDIS, viridis } from './viridis.ts';

/** Up to so many files each has a line with its name; more share lines. */
const mostNamed = 60;
/** Lines over which a choice of files is dealt out. */
const spreadLines = 50;
const margin = { left: 60, right: 120, top: 70, bottom: 50 };
const narrowest = 900;
const widest = 12_000;
const red = '#e01b24';

/** One line of a series of lines. */
type Bar = Exclude<NonNullable<LinesSeriesOption['data']>[number], number>;

/**
 * Which line each row is drawn in, when rows share lines: the first that is free when it begins.
 *
 * @param rows by the time when they began
 * @param spread over so many lines they are dealt out in turn, so that a choice of files, which leaves gaps, does not become one long line
 */
export function laneOf(rows: readonly Pick<IoRow, 'startMs' | 'endMs'>[], spread = 1): number[] {
  const freeAt: number[] = Array.from({ length: Math.min(spread, rows.length) }, () => -Infinity);
  return rows.map(({ startMs, endMs }, index) => {
    const turn = index % spread;
    const free = freeAt[turn]! <= startMs ? turn : freeAt.findIndex((ms) => ms <= startMs);
    const lane = free < 0 ? freeAt.length : free;
    freeAt[lane] = endMs;
    return lane;
  });
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** Wide enough that most bars can be told apart: the line with most bars has 5 pixels for each, and where all are drawn the usual bar 3. */
function plotWidth(rows: readonly IoRow[], lanes: readonly number[], spanMs: number, all: boolean): number {
  const perLane = new Map<number, number>();
  for (const lane of lanes) perLane.set(lane, (perLane.get(lane) ?? 0) + 1);
  const usual = median(rows.map(({ startMs, endMs }) => endMs - startMs));
  const wanted = Math.max(Math.max(...perLane.values()) * 5, all && usual > 0 ? (spanMs / usual) * 3 : 0);
  return Math.round(Math.min(Math.max(wanted, narrowest), widest));
}

const lineHeight = (lines: number): number => (lines <= 20 ? 22 : lines <= mostNamed ? 15 : Math.max(900 / lines, 1));

/** From 0 for the smallest to 1 for the largest; by powers where sizes differ much. */
function scaleOf(sizes: readonly number[]): { low: number; high: number; of: (sizeBytes: number) => number } {
  let low = Infinity;
  let high = 0;
  for (const size of sizes) [low, high] = [Math.min(low, size), Math.max(high, size)];
  if (low > high) low = 0;
  const grade = high > low * 50 ? (size: number): number => Math.log2(size + 1) : (size: number): number => size;
  const range = grade(high) - grade(low);
  return { low, high, of: (size) => (range > 0 ? (grade(size) - grade(low)) / range : 0.5) };
}

/** Draw every file that a monitor kept; `undefined` when there is none. @param title what was done */
export function flightTimeChart(monitor: TransferMonitor, title: string): Chart | undefined {
  const rows = monitor.rows();
  const [first] = rows;
  if (!first) return undefined;
  const { startMs } = first;
  const spanMs = Math.max(rows.reduce((end, row) => Math.max(end, row.endMs), startMs) - startMs, 0.1);
  const files = monitor.totalFiles() + monitor.totalErrors();
  const all = rows.length >= files;
  const named = rows.length <= mostNamed;
  const lanes = named ? rows.map((_, index) => index) : laneOf(rows, all ? 1 : spreadLines);
  const lines = lanes.reduce((most, lane) => Math.max(most, lane), 0) + 1;
  const width = plotWidth(rows, lanes, spanMs, all);
  const height = lineHeight(lines);
  const pixelMs = spanMs / width;
  const { low, high, of } = scaleOf(rows.filter(({ error }) => error === undefined).map(({ sizeBytes }) => sizeBytes));
  const draw = ({ path, startMs: from, endMs, sizeBytes, error }: IoRow, lane: number): Bar => {
    const begins = from - startMs;
    // a gap to the next bar where there is room for it, and never less than can be seen
    const ends = Math.max(endMs - startMs - (endMs - from > 4 * pixelMs ? pixelMs : 0), begins + 1.5 * pixelMs);
    const color = error === undefined ? viridis(of(sizeBytes)) : red;
    return {
      name: `${shownName(path, 200)}\n${error === undefined ? humanSize(sizeBytes) : `failed: ${error}`}, ${shownMs(endMs - from)}, from ${shownMs(begins)}`,
      coords: [
        [begins / 1000, lane],
        [ends / 1000, lane],
      ],
      lineStyle: { color, width: height > 4 ? height * 0.8 : height, opacity: 1, cap: 'butt' },
    };
  };
  const seriesOf = (failed: boolean): LinesSeriesOption => ({
    type: 'lines',
    coordinateSystem: 'cartesian2d',
    silent: false,
    z: failed ? 3 : 2,
    tooltip: { formatter: '{b}' },
    data: rows.flatMap((row, index) => ((row.error !== undefined) === failed ? [draw(row, lanes[index] ?? 0)] : [])),
  });
  const shares = [
    rows.length < files
      ? `${shownCount(rows.length)} of ${shownCount(files)} files`
      : `${shownCount(files)} ${files === 1 ? 'file' : 'files'}`,
    `${humanSize(monitor.totalBytes())} in ${shownMs(spanMs)}`,
    ...(monitor.totalErrors() > 0 ? [`${shownCount(monitor.totalErrors())} failed (red)`] : []),
  ];
  const labels = named ? rows.map(({ path }) => shownName(path, 40)) : [];
  const left = named ? Math.min(Math.max(...labels.map((label) => label.length)) * 7 + 30, 330) : margin.left;
  const seconds = spanMs / 1000;
  return {
    title,
    width: left + width + margin.right,
    height: Math.round(margin.top + Math.max(lines * height, 120) + margin.bottom),
    option: {
      animation: false,
      backgroundColor: '#fff',
      title: heading(title, shares.join(', ')),
      grid: { ...margin, left },
      tooltip: { trigger: 'item', extraCssText: 'white-space: pre-wrap; max-width: 60em; overflow-wrap: anywhere' },
      xAxis: { ...secondsAxis(seconds), axisLine: { onZero: false } },
      yAxis: named
        ? {
            type: 'category',
            inverse: true,
            data: labels,
            axisTick: { show: false },
            axisLabel: { interval: 0, fontSize: 11 },
            splitLine: { show: false },
          }
        : {
            type: 'value',
            inverse: true,
            min: -0.5,
            max: lines - 0.5,
            name: all ? 'files at a time' : 'an even choice of files',
            nameLocation: 'middle',
            nameGap: 14,
            axisLabel: { show: false },
            axisTick: { show: false },
            splitLine: { show: false },
          },
      visualMap: {
        type: 'continuous',
        // of nothing but the scale beside the chart: bars have their colours
        seriesIndex: 2,
        min: 0,
        max: 1,
        calculable: false,
        text: [humanSize(high), humanSize(low)],
        inRange: { color: [...VIRIDIS] },
        right: 16,
        top: margin.top + 10,
        itemHeight: 90,
        itemWidth: 14,
        textStyle: { fontSize: 11 },
      },
      series: [seriesOf(false), seriesOf(true), { type: 'scatter', silent: true, data: [] }],
    },
  };
}
