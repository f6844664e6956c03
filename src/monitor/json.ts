/**
 * What a monitor is written to and read from.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { BASE_MS } from './bins.ts';
import type { IoDirection, IoRow } from './types.ts';

/** One direction of {@link MonitorJson}. */
export interface SideJson {
  files: number;
  failed: number;
  bytes: number;
  /** Absent when no file is there yet. */
  startMs?: number | undefined;
  endMs?: number | undefined;
  /** Width of the bins: 250 ms times a power of two. */
  binMs: number;
  /** Number of each bin since 1970, and its bytes. */
  bins: [bin: number, bytes: number][];
}

/** A monitor as plain data. */
export interface MonitorJson {
  format: 'anyfile-monitor';
  version: 1;
  maxRows: number;
  maxBins: number;
  sides: Partial<Record<IoDirection, SideJson>>;
  rows: IoRow[];
  failed: IoRow[];
}

type Fields = Record<string, unknown>;

const directions: readonly unknown[] = ['download', 'upload', 'transfer'] satisfies IoDirection[];
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isSpan = ({ startMs, endMs }: Fields): boolean => Number.isFinite(startMs) && Number.isFinite(endMs) && startMs! <= endMs!;

function isSide(side: unknown): side is SideJson {
  if (!isObject(side) || ![side['files'], side['failed'], side['bytes']].every(isCount)) return false;
  const { binMs, bins, files, bytes } = side;
  if (files === 0 ? bytes !== 0 || 'startMs' in side || 'endMs' in side : !isSpan(side)) return false;
  if (!isCount(binMs) || binMs < BASE_MS || !Number.isInteger(Math.log2(binMs / BASE_MS)) || !Array.isArray(bins)) return false;
  const numbers = new Set<unknown>();
  let sum = 0;
  for (const pair of bins as unknown[]) {
    if (!Array.isArray(pair) || pair.length !== 2 || !Number.isSafeInteger(pair[0]) || !isCount(pair[1])) return false;
    numbers.add(pair[0]);
    sum += pair[1];
  }
  return numbers.size === bins.length && sum === bytes;
}

function isRow(row: unknown): row is IoRow {
  if (!isObject(row) || typeof row['path'] !== 'string' || !directions.includes(row['direction'])) return false;
  return isSpan(row) && isCount(row['sizeBytes']) && (row['error'] === undefined || typeof row['error'] === 'string');
}

/** Look through what was exported. @throws CloudError `InvalidFile` */
export function parseMonitor(json: unknown): MonitorJson {
  const right =
    isObject(json) &&
    json['format'] === 'anyfile-monitor' &&
    json['version'] === 1 &&
    isCount(json['maxRows']) &&
    isCount(json['maxBins']) &&
    json['maxBins'] > 0 &&
    isObject(json['sides']) &&
    Object.entries(json['sides']).every(([name, side]) => directions.includes(name) && isSide(side)) &&
    [json['rows'], json['failed']].every((rows) => Array.isArray(rows) && rows.every(isRow));
  if (!right) throw new CloudError('this is no export of a monitor', { code: 'InvalidFile' });
  return json as unknown as MonitorJson;
}
