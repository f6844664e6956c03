/**
 * The stack of the library's module.
 *
 * @module
 */
import type { H5Module } from './module.ts';

/** As `ccall` finds functions: with a line in front. */
const NAME = 'anyfile_call';

/**
 * Calls a function of the module, and puts its stack back when it throws. h5wasm throws through the library's frames, which leave their part of the
 * stack taken: after some 14,000 objects that could not be opened at once the module was dead (measured). Emscripten's `ccall` keeps the place of
 * the stack where it passes a text, and puts it back behind the call, out of which for that reason nothing is thrown.
 */
export function keepingStack<T>(module: H5Module, call: () => T): T {
  let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
  const its = module as H5Module & { [name: `_${string}`]: unknown };
  its[`_${NAME}`] = (): number => {
    try {
      outcome = { value: call() };
    } catch (error) {
      outcome = { error };
    }
    return 0;
  };
  module.ccall(NAME, 'number', ['string'], ['']);
  if ('error' in outcome!) throw outcome.error;
  return outcome!.value;
}
