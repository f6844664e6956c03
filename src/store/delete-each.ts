/**
 * Many deletes where there is no request for many.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { AbortOptions, DeleteOptions, DeleteResult } from '../types.ts';
import { mapParallel } from '../util/parallel.ts';

/** One call a key, 16 in flight; one that fails does not stop the others. */
export async function deleteEach(
  keys: readonly string[],
  remove: (key: string, options: AbortOptions) => Promise<unknown>,
  options: DeleteOptions,
): Promise<DeleteResult> {
  if (options.ifMatch) throw new CloudError('ifMatch goes with a single key', { code: 'InvalidArgument', operation: 'delete' });
  const result: DeleteResult = { deleted: [], errors: [] };
  const one = async (key: string, _: number, signal: AbortSignal): Promise<void> => {
    try {
      await remove(key, { signal });
      result.deleted.push(key);
    } catch (error) {
      if (signal.aborted) throw error;
      result.errors.push({ key, error: error as Error });
    }
  };
  for await (const _ of mapParallel(keys, 16, one, { signal: options.signal }));
  return result;
}
