/**
 * The counters of the machine, looked at again and again.
 *
 * @module
 */
import { CloudError, type Histogram } from '../index.ts';
import { readNetCounters, type NetCounters } from './watch-counters.ts';

/** Options of {@link IoSampler}. */
export interface IoSamplerOptions {
  /** @default 250 */
  intervalMs?: number | undefined;
  /** How long a sample is kept, in ms. @default 600000 */
  bufferMs?: number | undefined;
  /** By interface. @default those of this machine */
  read?: (() => Promise<Map<string, NetCounters>>) | undefined;
  /** Ms. @default the runtime's monotonic clock */
  now?: (() => number) | undefined;
}

/** Bytes that moved up to a moment, since the first sample. */
export interface IoSample extends NetCounters {
  atMs: number;
}

/** Bits a second, received and sent. */
export interface NetRates {
  rxBps: number;
  txBps: number;
}

const noRates: NetRates = { rxBps: 0, txBps: 0 };

function ratesOf(from: IoSample, to: IoSample): NetRates {
  const ms = to.atMs - from.atMs;
  if (!(ms > 0)) return noRates;
  return { rxBps: ((to.rxBytes - from.rxBytes) * 8000) / ms, txBps: ((to.txBytes - from.txBytes) * 8000) / ms };
}

/**
 * Samples what the whole machine receives and sends. Constructing does nothing.
 *
 * @example
 * const sampler = new IoSampler();
 * await sampler.start();
 * …
 * await sampler.stop();
 * sampler.peakBps();
 */
export class IoSampler {
  readonly intervalMs: number;
  private readonly most: number;
  private readonly read: () => Promise<Map<string, NetCounters>>;
  private readonly now: () => number;
  private kept: IoSample[] = [];
  private before = new Map<string, NetCounters>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private taking: Promise<void> | undefined;

  /** @throws CloudError `InvalidArgument` */
  constructor({ intervalMs = 250, bufferMs = 600_000, read = readNetCounters, now = () => performance.now() }: IoSamplerOptions = {}) {
    if (!(intervalMs > 0 && bufferMs > 0)) throw new CloudError('interval and buffer are above 0', { code: 'InvalidArgument' });
    this.intervalMs = intervalMs;
    this.most = Math.max(2, Math.ceil(bufferMs / intervalMs) + 1);
    this.read = read;
    this.now = now;
  }

  /** Take the first sample, and go on. @throws CloudError `NotSupported` this system has no such counters */
  async start(): Promise<void> {
    if (this.timer) return;
    await this.take();
    this.timer = setInterval(() => void this.take().catch(() => {}), this.intervalMs);
    this.timer.unref();
  }

  /** Take a last sample and end. What was sampled stays. */
  async stop(): Promise<void> {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = undefined;
    await this.take();
  }

  /** Take one sample now. */
  take(): Promise<void> {
    // a slow system is asked once at a time
    return (this.taking ??= this.sample().finally(() => (this.taking = undefined)));
  }

  private async sample(): Promise<void> {
    const counters = await this.read();
    const last = this.kept.at(-1);
    let { rxBytes, txBytes } = last ?? { rxBytes: 0, txBytes: 0 };
    if (last) {
      for (const [name, { rxBytes: rx, txBytes: tx }] of counters) {
        // an interface that came since, or was started anew, begins at its own first sample
        const was = this.before.get(name) ?? { rxBytes: rx, txBytes: tx };
        rxBytes += Math.max(0, rx - was.rxBytes);
        txBytes += Math.max(0, tx - was.txBytes);
      }
    }
    this.before = counters;
    this.kept.push({ atMs: this.now(), rxBytes, txBytes });
    if (this.kept.length > this.most) this.kept.splice(0, this.kept.length - this.most);
  }

  /** Those that are kept, oldest first. */
  samples(): readonly IoSample[] {
    return this.kept;
  }

  /** Between the last two samples. */
  currentBps(): NetRates {
    const [from, to] = this.kept.slice(-2);
    return from && to ? ratesOf(from, to) : noRates;
  }

  /** The highest rates over any stretch of at least so long. @param windowMs in ms */
  peakBps(windowMs = 1000): NetRates {
    const peak = { ...noRates };
    let from = 0;
    for (const [to, sample] of this.kept.entries()) {
      if (sample.atMs - this.kept[from]!.atMs < windowMs) continue;
      while (from + 1 < to && sample.atMs - this.kept[from + 1]!.atMs >= windowMs) from++;
      const { rxBps, txBps } = ratesOf(this.kept[from]!, sample);
      peak.rxBps = Math.max(peak.rxBps, rxBps);
      peak.txBps = Math.max(peak.txBps, txBps);
    }
    return peak;
  }

  /**
   * Bytes by time, those between two samples spread evenly.
   *
   * @param resolutionMs width of a bin, in ms; a last bin that the samples do not fill is narrower than its place
   */
  histogram(resolutionMs = 1000): { rx: Histogram; tx: Histogram } {
    const startMs = this.kept[0]?.atMs ?? 0;
    const spanMs = (this.kept.at(-1)?.atMs ?? 0) - startMs;
    const make = (of: (sample: IoSample) => number): Histogram => {
      const bytes = Array.from({ length: Math.ceil(spanMs / resolutionMs) }, () => 0);
      for (const [index, to] of this.kept.entries()) {
        const from = this.kept[index - 1];
        if (from) this.spread(bytes, resolutionMs, from.atMs - startMs, to.atMs - startMs, of(to) - of(from));
      }
      return { startMs, resolutionMs, bytes };
    };
    return { rx: make(({ rxBytes }) => rxBytes), tx: make(({ txBytes }) => txBytes) };
  }

  private spread(bins: number[], widthMs: number, fromMs: number, toMs: number, bytes: number): void {
    let before = 0;
    for (let bin = Math.floor(fromMs / widthMs); bin < bins.length && bin * widthMs < toMs; bin++) {
      const end = Math.min(toMs, (bin + 1) * widthMs);
      const upTo = end === toMs ? bytes : Math.round((bytes * (end - fromMs)) / (toMs - fromMs));
      bins[bin]! += upTo - before;
      before = upTo;
    }
  }
}
