/**
 * How far a command is that counts by itself.
 *
 * @module
 */
import type { Task } from './io.ts';
import { startLive } from './live.ts';

/** A view, or nothing. */
export interface Bar {
  /** One more file is done. */
  add(sizeBytes: number): void;
  stop(): void;
}

/** Show how far it is over files and their bytes, where {@link startLive} shows anything. */
export async function startBar(task: Task, files: number, totalBytes: number): Promise<Bar> {
  const figures = { doneFiles: 0, doneBytes: 0, failedFiles: 0 };
  const live = await startLive(task, { totalFiles: files, totalBytes, figures: () => figures });
  return {
    add(sizeBytes) {
      figures.doneFiles++;
      figures.doneBytes += sizeBytes;
      live.show();
    },
    stop: live.stop,
  };
}
