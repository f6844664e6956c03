/**
 * `Symbol.asyncDispose`, also where the engine has none (WebKit, Node 20 before 20.18).
 *
 * @module
 */

/** The symbol under which handles are disposed of by `await using`. */
export const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? (Symbol.for('Symbol.asyncDispose') as unknown as typeof Symbol.asyncDispose);
