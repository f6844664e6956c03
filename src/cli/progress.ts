/**
 * A bar on a terminal, nothing elsewhere.
 *
 * @module
 */
import type { Task } from './io.ts';
import { humanSize } from './sizes.ts';

/** A bar, or nothing. */
export interface Bar {
  /** One more file is done. */
  add(sizeBytes: number): void;
  stop(): void;
}

const refreshMs = 100;

/** Show a bar over files and their bytes, when stderr is a terminal and nobody said no. */
export async function startBar({ io, options, out, client }: Task, files: number, totalBytes: number): Promise<Bar> {
  if (!io.isTTY || !options.progress || options.quiet || files === 0) return { add() {}, stop() {} };
  const { default: progress } = await import('cli-progress');
  const byBytes = totalBytes > 0;
  const bar = new progress.SingleBar({
    stream: io.stderr,
    format: ' {bar} {percentage}% | {files}/{allFiles} files | {size} of {allSize} | {duration_formatted}',
    barCompleteChar: '#',
    barIncompleteChar: '.',
    hideCursor: true,
    clearOnComplete: true,
    // signals are the command's business
    gracefulExit: false,
    fps: 1000 / refreshMs,
  });
  const before = client.stats();
  let doneFiles = 0;
  let doneBytes = 0;
  const show = (): void => {
    const { bytesSent, bytesReceived } = client.stats();
    // Between two finished files the wire tells how far the next ones are.
    const wire = Math.max(bytesSent - before.bytesSent, bytesReceived - before.bytesReceived);
    const bytes = Math.min(totalBytes, Math.max(doneBytes, doneFiles < files ? wire : 0));
    bar.update(byBytes ? bytes : doneFiles, { files: doneFiles, size: humanSize(bytes) });
  };
  bar.start(byBytes ? totalBytes : files, 0, { files: 0, allFiles: files, size: humanSize(0), allSize: humanSize(totalBytes) });
  const timer = setInterval(show, refreshMs);
  out.beforeLine = () => void io.stderr.write('\r\x1b[K');
  return {
    add(sizeBytes) {
      doneFiles++;
      doneBytes += sizeBytes;
      show();
    },
    stop() {
      clearInterval(timer);
      out.beforeLine = () => {};
      bar.stop();
    },
  };
}
