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

/** Where a path leaves a file. */
export interface Exit {
  /** The other file's name, as the link says it. */
  readonly filename: string;
  /** The path there. */
  readonly path: string;
}

/** Counts links, so that those in a circle come to an end. */
export const linkSteps = (): { left: number } => ({ left: MOST_STEPS });

/** Where a path leaves a file; undefined when it does not, `endless` when it leads through too many links to tell. */
export function exitNow(module: H5Module, file: FileId, path: string, steps: { left: number }): Exit | 'endless' | undefined {
  const parts = path.split('/').filter(Boolean);
  let at = '';
  for (const [i, part] of parts.entries()) {
    const parent = at || '/';
    at += `/${part}`;
    if (--steps.left < 0) return 'endless';
    const rest = parts.slice(i + 1).join('/');
    const { filename, obj_path: target = '/' } = module.get_external_link(file, at);
    if (filename !== undefined) return { filename, path: absolutePath(`${target}/${rest}`) };
    const soft = module.get_symbolic_link(file, at);
    if (soft !== null) return exitNow(module, file, absolutePath(`${soft}/${rest}`, parent), steps);
  }
  return undefined;
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
  // in doubt it is in another one
  if (engine.hasSiblings && exitNow(module, file, path, linkSteps())) return undefined;
  return identityNow(module, file, path) + superblock.baseAddress;
}
