/**
 * One name fails, the others go on.
 *
 * @module
 */
import { BrokenPipe, UsageError, type Task } from './io.ts';

/** Tells a failure, unless it ends the whole run. */
function tell({ out, signal }: Task, shown: string, error: unknown): void {
  if (signal.aborted || error instanceof BrokenPipe || error instanceof UsageError) throw error;
  out.fail(shown, error);
}

/** Do the work of one name. */
export async function attempt(task: Task, shown: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    tell(task, shown, error);
  }
}

/** Give what one name stands for, as far as it goes. */
export async function* attempting<T>(task: Task, shown: string, items: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  try {
    yield* items;
  } catch (error) {
    tell(task, shown, error);
  }
}
