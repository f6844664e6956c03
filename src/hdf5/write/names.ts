/**
 * Names in a file that is written.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { Hdf5Error } from '../errors.ts';
import type { FileId, H5Module } from '../library/module.ts';
import type { WriteEngine } from './write-engine.ts';

const refused = (message: string, code: 'AlreadyExists' | 'NotFound' | 'InvalidArgument'): CloudError =>
  new CloudError(message, { code, operation: 'write' });

/** What is at a path, as the library numbers it; below 0 for nothing. A link that cannot be followed is a link. */
function typeAt(engine: WriteEngine, path: string): number {
  try {
    return engine.ask((module, file) => module.get_type(file, path));
  } catch (error) {
    if (error instanceof Hdf5Error && !engine.failure) return engine.module.H5G_LINK;
    throw error;
  }
}

/** Sees to it that there is an object at a path. @throws CloudError `NotFound` */
export function requireObject(engine: WriteEngine, path: string): void {
  const { H5G_GROUP, H5G_DATASET, H5G_TYPE } = engine.module;
  if (![H5G_GROUP, H5G_DATASET, H5G_TYPE].includes(typeAt(engine, path))) throw refused(`${path} is not there`, 'NotFound');
}

/**
 * Sees to it that something can be put at a path.
 *
 * @returns groups above it that are to be made, the outermost first
 * @throws CloudError `AlreadyExists`, `InvalidArgument`
 */
export function roomFor(engine: WriteEngine, path: string): string[] {
  if (path === '/') throw refused('the root is there already', 'AlreadyExists');
  const missing: string[] = [];
  const parts = path.split('/').slice(1, -1);
  for (let length = parts.length; length > 0; length--) {
    const parent = `/${parts.slice(0, length).join('/')}`;
    const type = typeAt(engine, parent);
    if (type === engine.module.H5G_GROUP) break;
    if (type >= 0) throw refused(`${parent} is no group`, 'InvalidArgument');
    missing.unshift(parent);
  }
  if (!missing.length && typeAt(engine, path) >= 0) throw refused(`${path} is there already`, 'AlreadyExists');
  return missing;
}

/** Makes groups. */
export function makeGroups(module: H5Module, file: FileId, paths: readonly string[], trackOrder: boolean): void {
  for (const path of paths) module.create_group(file, path, trackOrder);
}
