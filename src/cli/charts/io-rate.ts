/**
 * Charts of rates by time.
 *
 * @module
 */
import type { LineSeriesOption } from 'echarts';
import { rateIn, rateUnitFor, type Histogram, type IoDirection, type TransferMonitor } from '../../index.ts';
import { humanSize } from '../sizes.ts';
import { heading, secondsAxis, shownCount, shownMs, type Chart } from './chart.ts';

/** One curve: bytes by time. */
export interface RateCurve extends Histogram {
  name: string;
  color: string;
}

const margin = { left: 80, right: 30, top: 96, bottom: 50 };
const directions: readonly [IoDirection, string, string][] = [
  ['download', 'download', '#1c71d8'],
  ['upload', 'upload', '#e66100'],
  ['transfer', 'from place to place', '#2a9d5c'],
];

/** Three digits: a chart needs no more. */
const short = (value: number): number => Number(value.toPrecision(3));

/** A rate for people. @param bps bits a second */
export function shownRate(bps: number): string {
  const unit = rateUnitFor(bps);
  return `${short(rateIn(bps, unit))} ${unit}`;
}

/**
 * Draw rates by time, in the unit of bits that suits the highest; `undefined` when there is none.
 *
 * @param subtext figures in front of the peak
 */
export function rateChart(title: string, subtext: string, curves: readonly RateCurve[]): Chart | undefined {
  const used = curves.filter(({ bytes }) => bytes.length > 0);
  if (used.length === 0) return undefined;
  const startMs = Math.min(...used.map((curve) => curve.startMs));
  const bpsOf = ({ resolutionMs }: Histogram, bytes: number): number => (bytes * 8000) / resolutionMs;
  const peak = used.reduce((most, curve) => curve.bytes.reduce((high, bytes) => Math.max(high, bpsOf(curve, bytes)), most), 0);
  const unit = rateUnitFor(peak);
  const series = used.map((curve): LineSeriesOption => {
    const secondsAt = (bin: number): number => short3(curve.startMs - startMs + bin * curve.resolutionMs) / 1000;
    const rates = curve.bytes.map((bytes) => short(rateIn(bpsOf(curve, bytes), unit)));
    // each bin is level, the last one to its end
    const data = [...rates, rates.at(-1) ?? 0].map((rate, bin) => [secondsAt(bin), rate]);
    const { name, color } = curve;
    return {
      type: 'line',
      name,
      step: 'end',
      showSymbol: false,
      itemStyle: { color },
      lineStyle: { width: 1.5 },
      areaStyle: { opacity: 0.25 },
      data,
    };
  });
  const seconds = Math.max(...used.map((curve) => curve.startMs - startMs + curve.bytes.length * curve.resolutionMs)) / 1000;
  return {
    title,
    width: Math.round(Math.min(Math.max(seconds * 4, 900), 3000)),
    height: 460,
    option: {
      animation: false,
      backgroundColor: '#fff',
      title: heading(title, `${subtext}${subtext && ', '}${shownRate(peak)} at the peak`),
      legend: { show: used.length > 1, right: 30, top: 12 },
      grid: margin,
      tooltip: { trigger: 'axis' },
      xAxis: secondsAxis(seconds),
      yAxis: { type: 'value', name: unit, min: 0, nameTextStyle: { fontWeight: 'bold' } },
      series,
    },
  };
}

/** Ms to a thousandth. */
const short3 = (ms: number): number => Math.round(ms * 1000) / 1000;

/** The rate that follows from when each file was under way, its bytes spread evenly; `undefined` when nothing moved. */
export function estimatedRateChart(monitor: TransferMonitor, title: string): Chart | undefined {
  const span = monitor.span();
  if (!span) return undefined;
  const files = shownCount(monitor.totalFiles());
  const average = shownRate(monitor.totalBps());
  const subtext = `${files} files, ${humanSize(monitor.totalBytes())} in ${shownMs(span.endMs - span.startMs)}: ${average} on average`;
  const curves = directions.map(([direction, name, color]) => ({ name, color, ...monitor.histogram({ direction }) }));
  return rateChart(title, subtext, curves);
}

/** What the machine's counters say. */
export const machineRateChart = (title: string, rx: Histogram, tx: Histogram): Chart | undefined =>
  rateChart(title, 'all that the machine received and sent', [
    { name: 'received', color: '#1c71d8', ...rx },
    { name: 'sent', color: '#e66100', ...tx },
  ]);
