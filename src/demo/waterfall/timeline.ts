/**
 * What happened when, laid out on an axis of time: where nothing happened for long it is cut.
 *
 * @module
 */
import type { RequestEvent } from '../../index.ts';

/** A request, or what the cache answered in its place. */
export interface Happening {
  readonly id: number;
  /** In ms, by one clock. */
  readonly startMs: number;
  readonly endMs: number;
  readonly request?: RequestEvent;
  /** Reads that the cache answered, and the bytes that it spared. */
  readonly cache?: { readonly hits: number; readonly bytes: number };
}

/** A bar, in parts of the whole width. */
export interface Bar {
  readonly happening: Happening;
  readonly from: number;
  readonly width: number;
}

/** The axis. */
export interface Timeline {
  readonly bars: readonly Bar[];
  /** Where something was cut out, in parts of the width. */
  readonly cuts: readonly { readonly at: number; readonly skippedMs: number }[];
  /** Without what was cut out. */
  readonly shownMs: number;
}

/** Pauses longer than this are cut, to this. */
const longestPauseMs = 400;

/** Lay it out. */
export function timelineOf(happenings: readonly Happening[]): Timeline {
  const sorted = [...happenings].sort((a, b) => a.startMs - b.startMs);
  const cutsMs: { at: number; skippedMs: number }[] = [];
  const starts = new Map<Happening, number>();
  let skippedMs = 0;
  const first = sorted[0]?.startMs ?? 0;
  let busyUntil = first;
  for (const it of sorted) {
    const pause = it.startMs - busyUntil;
    if (pause > longestPauseMs) {
      const skip = pause - longestPauseMs;
      cutsMs.push({ at: busyUntil - first - skippedMs + longestPauseMs / 2, skippedMs: skip });
      skippedMs += skip;
    }
    starts.set(it, it.startMs - first - skippedMs);
    busyUntil = Math.max(busyUntil, it.endMs);
  }
  const shownMs = Math.max(1, busyUntil - first - skippedMs);
  return {
    bars: happenings.map((happening) => ({
      happening,
      from: starts.get(happening)! / shownMs,
      width: (happening.endMs - happening.startMs) / shownMs,
    })),
    cuts: cutsMs.map(({ at, skippedMs: skipped }) => ({ at: at / shownMs, skippedMs: skipped })),
    shownMs,
  };
}

/** Round steps for some four marks. */
export function marksOf(shownMs: number): number[] {
  const rough = shownMs / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough)!;
  const marks: number[] = [];
  for (let at = 0; at < shownMs * 0.9; at += step) marks.push(at);
  return marks;
}

/** `250 ms`, `1.2 s`, `3 min`. */
export function formatMs(ms: number): string {
  if (ms < 1000) return `${ms < 10 ? Number(ms.toPrecision(2)) : Math.round(ms)} ms`;
  return ms < 120_000 ? `${Number((ms / 1000).toPrecision(3))} s` : `${Math.round(ms / 60_000)} min`;
}
