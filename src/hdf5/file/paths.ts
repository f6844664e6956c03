/**
 * Paths of objects in a file.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';

/**
 * The absolute path: `/` is the root, and `.` and empty parts say nothing. HDF5 has no `..`.
 *
 * @throws CloudError `InvalidArgument`
 */
export function absolutePath(path: string, base = '/'): string {
  if (typeof path !== 'string' || path.includes('\0'))
    throw new CloudError('a path in an HDF5 file is a text without NUL', { code: 'InvalidArgument', operation: 'read' });
  const parts = (path.startsWith('/') ? path : `${base}/${path}`).split('/').filter((part) => part !== '' && part !== '.');
  return `/${parts.join('/')}`;
}

/** The path of a child. */
export const childPath = (parent: string, name: string): string => (parent === '/' ? `/${name}` : `${parent}/${name}`);

/** The last part of a path; nothing for the root. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
