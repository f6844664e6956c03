/**
 * What a chart is, and what its texts may hold.
 *
 * @module
 */
import type { EChartsOption, TitleComponentOption, XAXisComponentOption } from 'echarts';

/** A chart, as plain data: what draws it on a page gets it as JSON. */
export interface Chart {
  title: string;
  /** In pixels. */
  width: number;
  height: number;
  option: EChartsOption;
}

/** Titles are one colour everywhere, figures below them another. */
export const heading = (text: string, subtext: string): TitleComponentOption => ({
  text,
  subtext,
  left: 60,
  top: 8,
  textStyle: { fontSize: 16 },
  subtextStyle: { fontSize: 12, color: '#555' },
});

/** The axis of time, from 0 to the end of what is shown, in seconds. */
export const secondsAxis = (max: number): Extract<XAXisComponentOption, { type?: 'value' }> => ({
  type: 'value',
  name: 'seconds',
  nameLocation: 'middle',
  nameGap: 28,
  min: 0,
  max,
  axisLabel: { showMaxLabel: false },
});

/**
 * A name as it can be shown: no control characters and no halves of characters, which an SVG must not hold, and not too long.
 *
 * @param most characters; what is too much is taken out of the middle
 */
export function shownName(name: string, most = 60): string {
  const clean = [...name.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')];
  if (clean.length <= most) return clean.join('');
  const end = Math.ceil((most - 1) * 0.6);
  return `${clean.slice(0, most - 1 - end).join('')}…${clean.slice(-end).join('')}`;
}

/** A time span for people. */
export function shownMs(ms: number): string {
  if (ms < 1000) return `${ms > 0 && ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  if (ms < 100_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const minutes = Math.round(ms / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A number with groups of three digits. */
export const shownCount = (count: number): string => count.toLocaleString('en-US');
