/**
 * When the engine compiles what runs often.
 *
 * @module
 */
import process from 'node:process';

/**
 * Let the engine compile later where it is too eager. The V8 of Node 20 hands a function to its best compiler after a few hundred calls; a
 * command of a second or two then spends a third of what it computes on compiling, and a short one waits at its end for the parser of HTTP,
 * whose one large function takes a tenth of a second. Later V8 waits longer by itself, and knows the first flag no more.
 */
export function compileLater(): void {
  const { v8, bun, deno } = process.versions;
  if (!v8.startsWith('11.') || bun || deno) return;
  // not imported: other engines would load it in vain
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--interrupt-budget=1000000');
  setFlagsFromString('--wasm-tiering-budget=200000000');
}
