/**
 * Charts of what a command moves: flags, what is recorded meanwhile, and what is saved in the end.
 *
 * @module
 */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { TransferMonitor } from '../../index.ts';
import { ItemError, type Task } from '../io.ts';
import { IoSampler } from '../watch-sampler.ts';
import type { Chart } from './chart.ts';
import { flightTimeChart } from './flight-time.ts';
import { estimatedRateChart, machineRateChart } from './io-rate.ts';
import { saveChart, timestamp, type ChartFormat } from './save.ts';

/** What the flags of charts say. */
export interface ChartFlags {
  flightTime?: boolean;
  ioRate?: boolean;
  machineIoRate?: boolean;
  machineIoRateBufferSec: number;
  chartFormat: ChartFormat;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!(/^\d+(\.\d+)?$/.test(text) && seconds > 0)) throw new InvalidArgumentError('Write a number of seconds above 0.');
  return seconds;
}

/** A flag with a number of seconds. */
export const secondsOption = (flags: string, description: string): Option => new Option(flags, description).argParser(parseSeconds);

/** The flag that says how charts are written. */
export const formatOption = (): Option =>
  new Option('--chart-format <format>', 'svg, or html: a page to zoom in').choices(['svg', 'html']).default('svg');

/** Add the flags of charts. */
export function addChartOptions(command: Command): Command {
  return command
    .option('--flight-time', 'save a chart of when each file was under way')
    .option('--io-rate', 'save a chart of the rate, estimated from the times of the files')
    .option('--machine-io-rate', 'save a chart of all that the machine received and sent meanwhile (Linux)')
    .addOption(secondsOption('--machine-io-rate-buffer-sec <seconds>', 'how much of it is kept').default(600))
    .addOption(formatOption());
}

/** Whether any chart is asked for. */
export const wantsCharts = ({ flightTime, ioRate, machineIoRate }: ChartFlags): boolean => Boolean(flightTime || ioRate || machineIoRate);

/** What is recorded while a command works. */
export interface Recording {
  /** To be told of files; absent where no chart is made of them. */
  readonly monitor: TransferMonitor | undefined;
  /** End it, and save the charts that were asked for into the working folder: also of what was interrupted. Never rejects: what fails is told. */
  save(): Promise<void>;
}

/**
 * Begin to record what the flags ask for; nothing in a dry run.
 *
 * @throws CloudError `NotSupported` the machine's counters are not shown here
 */
export async function startRecording(task: Task, flags: ChartFlags): Promise<Recording> {
  const { flightTime = false, ioRate = false, machineIoRate = false, machineIoRateBufferSec, chartFormat } = flags;
  const { name, options, out } = task;
  if (options.dryRun) return { monitor: undefined, save: async () => {} };
  const monitor = flightTime || ioRate ? new TransferMonitor() : undefined;
  const sampler = machineIoRate ? new IoSampler({ bufferMs: machineIoRateBufferSec * 1000 }) : undefined;
  await sampler?.start();
  return {
    monitor,
    async save() {
      // what was sampled is drawn, whatever becomes of the last sample
      await sampler?.stop().catch(() => {});
      const at = timestamp(new Date());
      const save = async (kind: string, chart: Chart | undefined): Promise<void> => {
        if (!chart) {
          if (!options.quiet) out.note(`anyfile ${name}: nothing to draw: no chart ${kind}`);
          return;
        }
        try {
          await saveChart(task, chart, `./anyfile-${name.replaceAll(' ', '-')}-${kind}-${at}`, chartFormat);
        } catch (error) {
          // what was moved is moved
          out.fail(`chart ${kind}`, new ItemError(`could not be saved: ${(error as NodeJS.ErrnoException).code ?? 'unexpected failure'}`));
        }
      };
      if (monitor && ioRate) await save('est-io', estimatedRateChart(monitor, `Estimated data rate: anyfile ${name}`));
      if (monitor && flightTime) await save('flight-time', flightTimeChart(monitor, `Time of flight of files: anyfile ${name}`));
      if (sampler) {
        const { rx, tx } = sampler.histogram();
        await save('measured-io', machineRateChart(`Measured network rate: anyfile ${name}`, rx, tx));
      }
    },
  };
}
