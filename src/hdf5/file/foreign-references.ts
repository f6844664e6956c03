/**
 * References that were read out of another file, through a link: what they mean is known there alone.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';
import { Hdf5Reference } from '../values/reference.ts';

/** A reference of another file; noted in itself, so that it is known on the other side of a worker too. */
type Foreign = Hdf5Reference & { isForeign?: boolean };

/** Notes the references among values as those of another file. @returns the values */
export function ofAnotherFile<T>(values: T): T {
  if (values instanceof Hdf5Reference) (values as Foreign).isForeign = true;
  else if (typeof values === 'object' && values !== null && !ArrayBuffer.isView(values))
    for (const value of Object.values(values)) ofAnotherFile(value);
  return values;
}

/** Refuses what was read in another file. @throws Hdf5Error `NotSupported` */
export function checkHome(reference: Hdf5Reference): void {
  if (!(reference as Foreign).isForeign) return;
  throw new Hdf5Error('this reference was read in another file, to which a link leads: open that file to follow it', {
    code: 'NotSupported',
  });
}
