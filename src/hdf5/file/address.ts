/**
 * Where objects are in a file.
 *
 * @module
 */
import type { FileId, H5Module } from '../library/module.ts';
import type { FileContext } from './context.ts';
import { absolutePath } from './paths.ts';

/** Links that are followed to see where a path leads. */
const MOST_STEPS = 256;

/** Whether the last part of a path, which is not the root's, is a soft or external link. */
export const isLinkNow = (module: H5Module, file: FileId, path: string): boolean =>
  module.get_symbolic_link(file, path) !== null || module.get_external_link(file, path).filename !== undefined;

/** Whether a path leads through an external link; true in doubt. */
function isForeignNow(module: H5Module, file: FileId, path: string, steps = { left: MOST_STEPS }): boolean {
  const parts = path.split('/').filter(Boolean);
  let at = '';
  for (const [i, part] of parts.entries()) {
    const parent = at || '/';
    at += `/${part}`;
    if (--steps.left < 0 || module.get_external_link(file, at).filename !== undefined) return true;
    const target = module.get_symbolic_link(file, at);
    if (target !== null) return isForeignNow(module, file, absolutePath([target, ...parts.slice(i + 1)].join('/'), parent), steps);
  }
  return false;
}

/** What tells an object from others of its file, whichever that is: the library has it from the link alone. */
export function identityNow(module: H5Module, file: FileId, path: string): number {
  const bytes = Uint8Array.from(module.create_object_reference(file, path));
  return Number(new DataView(bytes.buffer).getBigUint64(0, true));
}

/** The address of an object in the file; undefined when its path leads into another one. */
export function addressNow(
  module: H5Module,
  file: FileId,
  path: string,
  { engine, superblock }: Pick<FileContext, 'engine' | 'superblock'>,
): number | undefined {
  if (engine.hasSiblings && isForeignNow(module, file, path)) return undefined;
  return identityNow(module, file, path) + superblock.baseAddress;
}
