/**
 * Attributes of objects.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { Hdf5Error } from '../errors.ts';
import { inMemory } from '../values/memory-type.ts';
import { encode } from './encode/encode.ts';
import { unfit } from './encode/unfit.ts';
import { requireObject } from './names.ts';
import { typeOfDtype, type Hdf5Dtype } from './types/dtype-text.ts';
import { inferType } from './types/infer.ts';
import { layOut, shapeOf, type Hdf5Data } from './types/lay-out.ts';
import { isMade, lendType } from './types/lend-type.ts';
import type { WriteEngine } from './write-engine.ts';
import { withValues } from './write-values.ts';

/** What an attribute is made of. */
export interface SetAttributeOptions extends AbortOptions {
  /** What the values are. @default what they tell: numbers are `<f8` and bigints `<i8` unless they come in another typed array */
  dtype?: Hdf5Dtype | undefined;
  /** The extent along each axis; `[]` for a single value. @default that of the values */
  shape?: readonly number[] | undefined;
}

function checkedName(name: string): string {
  if (typeof name === 'string' && name !== '' && !name.includes('\0')) return name;
  throw unfit('the name of an attribute is a text of at least one character, without NUL');
}

function hasAttribute(engine: WriteEngine, path: string, name: string): boolean {
  requireObject(engine, path);
  return engine.ask((module, file) => module.get_attribute_names(file, path)).includes(name);
}

/** Set an attribute, in place of one that is there. @throws CloudError `InvalidArgument`, `NotFound`, UnsupportedTypeError */
export function setAttribute(
  engine: WriteEngine,
  path: string,
  name: string,
  value: Hdf5Data,
  { dtype, shape: wanted, signal }: SetAttributeOptions,
): void {
  throwIfAborted(signal);
  checkedName(name);
  const told = dtype === undefined ? undefined : typeOfDtype(dtype);
  const laid = layOut(value, told);
  const type = told ?? inferType(laid.entries);
  const shape = shapeOf(laid, type, wanted);
  const count = shape.reduce((product, extent) => product * extent, 1);
  // attributes are written in their own byte order
  const out = encode(laid.entries, inMemory(type), 0, count);
  const isThere = hasAttribute(engine, path, name);
  engine.change((module, file) => {
    withValues(module, out, (pointer) =>
      lendType(module, type, (words) => {
        if (isThere) module.delete_attribute(file, path, name);
        module.create_attribute(file, path, name, pointer, { ...words, shape: shape.map(BigInt), maxshape: null });
      }),
    );
    if (!isMade(module.get_attribute_metadata(file, path, name), type)) throw new Hdf5Error(`the attribute ${name} could not be made`);
  });
}

/** Remove an attribute. @returns false when there was none */
export function deleteAttribute(engine: WriteEngine, path: string, name: string): boolean {
  checkedName(name);
  if (!hasAttribute(engine, path, name)) return false;
  engine.change((module, file) => module.delete_attribute(file, path, name));
  return true;
}
