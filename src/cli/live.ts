/**
 * How far a command is, while it works: a line on a terminal that is written anew again and again, elsewhere a line now and then.
 *
 * @module
 */
import type { TransferMonitor } from '../index.ts';
import type { Task } from './io.ts';
import { humanSize } from './sizes.ts';

/** How far it is. */
export interface Figures {
  doneFiles: number;
  doneBytes: number;
  failedFiles: number;
  /** On their way; absent where nobody counts them. */
  inFlight?: number | undefined;
  /** The name of the file that has been on its way for longest. */
  oldest?: string | undefined;
}

/** Options of {@link startLive}. */
export interface LiveOptions {
  totalFiles: number;
  /** 0 when it is not known. */
  totalBytes: number;
  figures: () => Figures;
  /** Ms between two lines where there is no terminal. @default 10000 */
  everyMs?: number | undefined;
}

/** A view that is shown until it is stopped. */
export interface Live {
  /** Show what has changed. */
  show(): void;
  stop(): void;
}

/** What a monitor knows, as figures. */
export function figuresOf(monitor: TransferMonitor): Figures {
  return {
    doneFiles: monitor.totalFiles() + monitor.totalErrors(),
    doneBytes: monitor.totalBytes(),
    failedFiles: monitor.totalErrors(),
    inFlight: monitor.inFlightCount,
    oldest: monitor.inFlight()[0]?.path,
  };
}

const refreshMs = 100;
/** Over so long the rate is taken. */
const rateMs = 5000;
const nobody: Live = { show() {}, stop() {} };

/** `1:02:03`, `2:03` */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  const rest = two(whole % 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}

/** What is shown of a moment. */
interface Moment extends Figures {
  bytes: number;
  bytesPerSecond: number;
  /** `undefined` while nothing moves. */
  secondsLeft: number | undefined;
}

/** Looks at the figures, and remembers for as long as rates are taken over. */
function createGauge({ client }: Task, { totalFiles, totalBytes, figures }: LiveOptions): () => Moment {
  const before = client.stats();
  const seen: { atMs: number; bytes: number; files: number }[] = [];
  return () => {
    const now = figures();
    const { bytesSent, bytesReceived } = client.stats();
    // between two finished files the wire tells how far the next ones are
    const wire = Math.max(bytesSent - before.bytesSent, bytesReceived - before.bytesReceived);
    const flows = now.doneFiles < totalFiles ? Math.max(now.doneBytes, wire) : now.doneBytes;
    const bytes = totalBytes > 0 ? Math.min(totalBytes, flows) : flows;
    const atMs = performance.now();
    seen.push({ atMs, bytes, files: now.doneFiles });
    while (seen.length > 2 && seen[1]!.atMs <= atMs - rateMs) seen.shift();
    const seconds = (atMs - seen[0]!.atMs) / 1000;
    const perSecond = (of: 'bytes' | 'files'): number => (seconds > 0 ? Math.max(0, (seen.at(-1)![of] - seen[0]![of]) / seconds) : 0);
    const bytesPerSecond = perSecond('bytes');
    const [left, rate] = totalBytes > 0 ? [totalBytes - bytes, bytesPerSecond] : [totalFiles - now.doneFiles, perSecond('files')];
    return { ...now, bytes, bytesPerSecond, secondsLeft: rate > 0 ? left / rate : undefined };
  };
}

/** Pieces of the line, the most telling first. */
function pieces(moment: Moment, { totalFiles, totalBytes }: LiveOptions): string[] {
  const { doneFiles, failedFiles, inFlight, bytes, bytesPerSecond, secondsLeft, oldest } = moment;
  return [
    `${doneFiles}/${totalFiles} files`,
    totalBytes > 0 ? `${humanSize(bytes)} of ${humanSize(totalBytes)}` : humanSize(bytes),
    `${humanSize(Math.round(bytesPerSecond))}/s`,
    ...(secondsLeft === undefined ? [] : [`ETA ${clock(secondsLeft)}`]),
    ...(failedFiles > 0 ? [`${failedFiles} failed`] : []),
    ...(inFlight ? [`${inFlight} in flight`] : []),
    // the name of a file may hold anything
    ...(oldest === undefined ? [] : [oldest.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?')]),
  ];
}

/** As many pieces as fit, and the bar in what is left. */
export function formatLine(share: number, texts: readonly string[], columns: number): string {
  const percent = `${String(Math.floor(share * 100)).padStart(3)}%`;
  let line = percent;
  for (const text of texts) {
    if (12 + line.length + 3 + text.length >= columns) break;
    line += ` | ${text}`;
  }
  const width = Math.min(40, columns - line.length - 3);
  if (width < 1) return line.slice(0, columns - 1);
  const full = Math.round(width * share);
  return ` ${'#'.repeat(full)}${'.'.repeat(width - full)} ${line}`;
}

/** Whether anybody sees how far it is: on a terminal unless it was told not to, elsewhere where it was told to, and never with `--quiet`. */
export const isShown = ({ io, options: { progress, progressLines, quiet } }: Task, totalFiles: number): boolean =>
  progress && !quiet && totalFiles > 0 && (io.isTTY || progressLines);

/** Show how far a command is, on stderr, where {@link isShown} says so. No colours. */
export async function startLive(task: Task, options: LiveOptions): Promise<Live> {
  const { io, out, name } = task;
  const { json } = task.options;
  const { totalFiles, totalBytes, everyMs = 10_000 } = options;
  if (!isShown(task, totalFiles)) return nobody;
  const look = createGauge(task, options);
  const begin = look();
  if (!io.isTTY) {
    const timer = setInterval(() => {
      const moment = look();
      const { doneFiles, failedFiles, inFlight, bytes, bytesPerSecond, secondsLeft } = moment;
      const figures = { doneFiles, totalFiles, failedFiles, ...(inFlight !== undefined && { inFlight }), doneBytes: bytes, totalBytes };
      const rates = {
        bytesPerSecond: Math.round(bytesPerSecond),
        ...(secondsLeft !== undefined && { secondsLeft: Math.round(secondsLeft) }),
      };
      if (json) out.note(JSON.stringify({ operation: name, progress: { ...figures, ...rates } }));
      else out.note(`anyfile ${name}: ${pieces({ ...moment, oldest: undefined }, options).join(', ')}`);
    }, everyMs);
    timer.unref();
    return { show() {}, stop: () => clearInterval(timer) };
  }
  const { default: cliProgress } = await import('cli-progress');
  const shareOf = ({ bytes, doneFiles }: Moment): number => (totalBytes > 0 ? bytes / totalBytes : doneFiles / totalFiles);
  const bar = new cliProgress.SingleBar({
    stream: io.stderr,
    format: (_options, _params, moment: Moment) => {
      const { columns = 80 } = io.stderr as { columns?: number };
      return formatLine(Math.min(1, shareOf(moment)), pieces(moment, options), columns);
    },
    hideCursor: true,
    clearOnComplete: true,
    // signals are the command's business
    gracefulExit: false,
    fps: 1000 / refreshMs,
  });
  const show = (): void => {
    const moment = look();
    bar.update(shareOf(moment), moment);
  };
  bar.start(1, 0, begin);
  const timer = setInterval(show, refreshMs);
  out.beforeLine = () => void io.stderr.write('\r\x1b[K');
  return {
    show,
    stop() {
      clearInterval(timer);
      out.beforeLine = () => {};
      bar.stop();
    },
  };
}
