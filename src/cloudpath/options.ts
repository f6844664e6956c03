/**
 * Options that most operations share.
 *
 * @module
 */
import type { StoreContext } from '../store/context.ts';
import type { AbortOptions } from '../types.ts';

/** Options of all that replaces objects. */
export interface OverwriteOptions extends AbortOptions {
  /** Replace what is there whatever it is. @default of the client's cache options, else CLOUDPATHLIB_FORCE_OVERWRITE_TO_CLOUD */
  forceOverwriteToCloud?: boolean | undefined;
}

/** Whether anything may be replaced. A variable counts when it is `1` or `true`, in any case. */
export function mayOverwrite(context: StoreContext, { forceOverwriteToCloud }: OverwriteOptions): boolean {
  const found = forceOverwriteToCloud ?? context.options.cache?.forceOverwriteToCloud;
  return found ?? /^(1|true)$/i.test(context.env('CLOUDPATHLIB_FORCE_OVERWRITE_TO_CLOUD') ?? '');
}
