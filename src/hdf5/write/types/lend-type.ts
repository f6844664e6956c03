/**
 * Types that h5wasm 0.10.3 has no words for.
 *
 * Where h5wasm makes a dataset or an attribute it makes its type from a few words: numbers, and compounds of them. Of all others, float16, booleans,
 * arrays, big-endian numbers, it knows nothing, though the library below it does. For a float of 4 bytes it copies the type whose id stands in the
 * library's variable H5T_NATIVE_FLOAT. So for one call another id is put there: that of the type of a dataset in a small file of our own, which
 * says the type in the format's words. Where that variable is follows from those that the module names, and is checked before it is touched;
 * what was made is to be checked by {@link isMade}.
 *
 * @module
 */
import { UnsupportedTypeError } from '../../errors.ts';
import { randomName } from '../../../util/random-name.ts';
import { currentAttempt, during } from '../../library/attempt.ts';
import type { FileId, H5Module } from '../../library/module.ts';
import { withMemory } from '../../library/memory.ts';
import { dtypeOf } from '../../values/dtype.ts';
import { memoryTypeOf } from '../../values/memory-type.ts';
import type { H5Metadata } from '../../values/metadata.ts';
import type { Hdf5Type } from '../../values/type.ts';
import { datatypeMessage } from './datatype-message.ts';
import { libraryType, type LibraryType } from './library-type.ts';
import { TYPE_PATH, typeFile } from './type-file.ts';

/** What else is used of the module: functions of the library, and the places of its variables. */
interface TypesModule extends H5Module {
  readonly FS: H5Module['FS'] & { unlink(path: string): void };
  /** Makes an id, which stays. */
  _H5Tget_native_type(type: bigint, direction: number): bigint;
  _H5Tget_class(type: bigint): number;
  _H5Tget_size(type: bigint): number;
  readonly _H5T_NATIVE_UINT_g: number;
}

const ID_BYTES = 8;
/** NATIVE_UINT, then LONG, ULONG, LLONG, ULLONG, one more, then NATIVE_FLOAT and NATIVE_DOUBLE, in the order in which the library declares them. */
const FROM_UINT_TO_FLOAT = 6;
const INTEGER = 0;
const FLOAT = 1;

/** What h5wasm is told, for which it copies the variable's type. */
const told: LibraryType = { type: FLOAT, size: 4, signed: true, vlen: false, littleEndian: true };

const viewOf = (module: H5Module): DataView => new DataView(module.HEAPU8.buffer);

const cannot = (type: Hdf5Type): UnsupportedTypeError =>
  new UnsupportedTypeError(`values of type '${dtypeOf(type)}' cannot be written by this release of h5wasm: anyfile needs 0.10.3`);

/** Where the variable is. */
function variableOf(module: TypesModule, type: Hdf5Type): number {
  const base = module._H5T_NATIVE_UINT_g;
  if (!(base > 0) || typeof module._H5Tget_native_type !== 'function') throw cannot(type);
  const is = (index: number, kind: number, size: number): boolean => {
    const id = viewOf(module).getBigInt64(base + index * ID_BYTES, true);
    return id >> 56n === 3n && module._H5Tget_class(id) === kind && module._H5Tget_size(id) === size;
  };
  if (!is(0, INTEGER, 4) || !is(FROM_UINT_TO_FLOAT, FLOAT, 4) || !is(FROM_UINT_TO_FLOAT + 1, FLOAT, 8)) throw cannot(type);
  return base + FROM_UINT_TO_FLOAT * ID_BYTES;
}

/** Calls `use` with an id of the type, which is one for as long as that runs. */
function withId<T>(module: TypesModule, type: Hdf5Type, use: (id: bigint) => T): T {
  const path = `/${randomName()}`;
  const { sizeBytes } = memoryTypeOf(type);
  const content = typeFile(datatypeMessage(type), type.sizeBytes);
  let outcome: { value: T } | { error: unknown } | undefined;
  const mine = currentAttempt();
  /** What is made is made by the attempt that asked; the file is none of its affair. */
  const useIt = (id: bigint): T => (mine ? during(mine, () => use(id)) : use(id));
  const ask = (file: FileId): void =>
    withMemory(module, sizeBytes, (pointer) => {
      const uint = viewOf(module).getBigInt64(module._H5T_NATIVE_UINT_g, true);
      const last = module._H5Tget_native_type(uint, 0);
      // h5wasm asks how many elements are wanted when it has opened the dataset: first the dataset's own id of its type, then that for the asker
      const id = last + 2n;
      const count = {
        get length(): number {
          try {
            if (module._H5Tget_size(id) !== sizeBytes) throw cannot(type);
            outcome ??= { value: useIt(id) };
          } catch (error) {
            outcome = { error };
          }
          return 1;
        },
        0: 1n,
      };
      module.get_dataset_data(file, TYPE_PATH, count as unknown as bigint[], [0n], [1n], BigInt(pointer));
    });
  during({ missed: false, text: '' }, () => {
    module.FS.writeFile(path, content);
    try {
      const file = module.open(path, module.H5F_ACC_RDONLY, false, -1, -1);
      if (file < 0n) throw cannot(type);
      try {
        ask(file);
      } finally {
        module.close_file(file);
      }
    } finally {
      module.FS.unlink(path);
    }
  });
  if (!outcome) throw cannot(type);
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/**
 * Calls `make` with what h5wasm is to be told so that it makes something of a type.
 *
 * @throws UnsupportedTypeError it cannot be made; what `make` throws
 */
export function lendType<T>(module: H5Module, type: Hdf5Type, make: (words: LibraryType) => T): T {
  const words = libraryType(type);
  if (words) return make(words);
  const all = module as TypesModule;
  const variable = variableOf(all, type);
  return withId(all, type, (id) => {
    const before = viewOf(module).getBigInt64(variable, true);
    viewOf(module).setBigInt64(variable, id, true);
    try {
      return make(told);
    } finally {
      viewOf(module).setBigInt64(variable, before, true);
    }
  });
}

/** Numbers of the classes, in the order of the format. */
const classes = ['integer', 'float', 'time', 'string', 'bitfield', 'opaque', 'compound', 'reference', 'enum', 'vlen', 'array', 'complex'];

/** Whether what the library tells of something made is of the type that was wanted. */
export function isMade({ type: kind, size, vlen }: H5Metadata, type: Hdf5Type): boolean {
  const isText = type.class === 'vlen-string';
  return classes[kind] === (isText ? 'string' : type.class) && size === memoryTypeOf(type).sizeBytes && vlen === isText;
}
