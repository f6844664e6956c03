/**
 * `anyfile watch net`: what the machine receives and sends.
 *
 * @module
 */
import type { Command } from 'commander';
import { rateIn } from '../index.ts';
import { machineRateChart } from './charts/io-rate.ts';
import { formatOption, secondsOption } from './charts/recording.ts';
import { saveChart, timestamp, type ChartFormat } from './charts/save.ts';
import { UsageError, type Task } from './io.ts';
import type { Start } from './run.ts';
import { IoSampler, type NetRates } from './watch-sampler.ts';

interface WatchOptions {
  duration: number;
  interval: number;
  oneLine?: boolean;
}

interface HistogramOptions extends WatchOptions {
  filename?: string;
  chartFormat: ChartFormat;
}

const rateText = (name: string, bps: number): string =>
  `${name}: ${rateIn(bps, 'MBps').toFixed(2)} MB/sec (${rateIn(bps, 'Gbps').toFixed(2)} Gbps)`;

/** Wait, and end quietly when the user does: watching has no other end. @returns whether to go on */
const wait = (ms: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve(!signal.aborted);
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });

async function print(task: Task, { duration, interval, oneLine = false }: WatchOptions): Promise<void> {
  const { out, options, io, signal } = task;
  const sampler = new IoSampler({ intervalMs: interval * 1000, bufferMs: interval * 2000 });
  await sampler.take();
  const startMs = performance.now();
  const report = async (last: boolean): Promise<void> => {
    await sampler.take();
    const seconds = (performance.now() - startMs) / 1000;
    const { rxBps, txBps }: NetRates = sampler.currentBps();
    const text = `t=${seconds.toFixed(1)}s | ${rateText('RX', rxBps)} | ${rateText('TX', txBps)}`;
    if (oneLine && !options.json)
      await out.bytes(new TextEncoder().encode(`${io.isTTY ? '\r\x1b[K' : ''}${text}${io.isTTY && !last ? '' : '\n'}`));
    else await out.data(text, { seconds: Number(seconds.toFixed(3)), rxBps: Math.round(rxBps), txBps: Math.round(txBps) });
  };
  const overMs = duration > 0 ? startMs + duration * 1000 : Infinity;
  let goesOn = true;
  while (goesOn) {
    goesOn = await wait(Math.min(interval * 1000, Math.max(1, overMs - performance.now())), signal);
    const last = !goesOn || performance.now() >= overMs;
    await report(last);
    if (last) return;
  }
}

async function histogram(task: Task, { duration, interval, filename, chartFormat }: HistogramOptions): Promise<void> {
  const { out, options, signal } = task;
  if (interval > duration) throw new UsageError('the interval is longer than the duration');
  const sampler = new IoSampler({ intervalMs: Math.min(interval * 1000, 250), bufferMs: duration * 2000 });
  await sampler.start();
  try {
    await wait(duration * 1000, signal);
  } finally {
    await sampler.stop();
  }
  const { rx, tx } = sampler.histogram(interval * 1000);
  const peak = sampler.peakBps(interval * 1000);
  if (options.json) {
    const record = { resolutionMs: rx.resolutionMs, rxBytes: rx.bytes, txBytes: tx.bytes };
    await out.data('', { ...record, peakRxBps: Math.round(peak.rxBps), peakTxBps: Math.round(peak.txBps) });
    if (filename === undefined) return;
  }
  const chart = machineRateChart('Measured network rate', rx, tx);
  const path = filename ?? `./anyfile-watch-net-${timestamp(new Date())}`;
  const format = filename === undefined ? chartFormat : /\.html?$/i.test(filename) ? 'html' : 'svg';
  if (chart && !options.dryRun) await saveChart(task, chart, path, format, filename !== undefined);
}

/** Add the command. */
export function addWatch(program: Command, start: Start): void {
  const net = program
    .command('watch')
    .description('watch what the machine does')
    .command('net')
    .description('what its network receives and sends (Linux)');
  net
    .command('print')
    .description('print the rates again and again')
    .addOption(secondsOption('--duration <seconds>', 'end after so long (default: when interrupted)').default(0))
    .addOption(secondsOption('--interval <seconds>', 'time between two lines').default(1))
    .option('--one-line', 'on a terminal, write over the line before')
    .action((options: WatchOptions, command: Command) => start(command, (task) => print(task, options)));
  net
    .command('histogram')
    .description('save a chart of the rates; with --json print them')
    .addOption(secondsOption('--duration <seconds>', 'how long').default(5))
    .addOption(secondsOption('--interval <seconds>', 'width of a bin').default(1))
    .option('--filename <path>', 'where the chart goes; .html for a page (default: a new name in the working folder)')
    .addOption(formatOption())
    .action((options: HistogramOptions, command: Command) => start(command, (task) => histogram(task, options)));
}
