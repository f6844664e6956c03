/**
 * What h5wasm lets pass, made an error. Its functions do not look at what the library returns, so that a read which fails hands out memory
 * that nobody wrote, and ids of -1 are gone on with. The functions are wrapped in place; without an attempt of ours under way they do what they
 * always did, since others may use the same module.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';
import { currentAttempt, Missed } from './attempt.ts';
import type { H5Module } from './module.ts';
import { keepingStack } from './stack.ts';

type Method = (...args: never[]) => unknown;
type Methods = Record<string, Method>;

/** Reading values: a negative status is a failure. */
const reads = ['get_dataset_data', 'get_attribute_data', 'get_region_data'] as const;
/** Writing and making: a negative status is a failure. */
const writes = [
  'set_dataset_data',
  'create_group',
  'create_dataset',
  'create_vlen_str_dataset',
  'create_attribute',
  'create_vlen_str_attribute',
  'delete_attribute',
  'resize_dataset',
  'create_soft_link',
  'create_hard_link',
  'create_external_link',
  'flush',
] as const;
/** Asking: what comes back after something was missed or has failed means nothing. */
const questions = [
  'get_type',
  'get_names',
  'get_symbolic_link',
  'get_external_link',
  'get_attribute_names',
  'get_dataset_metadata',
  'get_datatype_metadata',
  'get_dataset_filters',
  'get_referenced_name',
  'get_region_metadata',
  'create_object_reference',
] as const;

/** What is printed though nothing is wrong: h5wasm asks of every region whether it is a regular one. */
const harmless: Readonly<Record<string, RegExp>> = {
  get_region_metadata: /^(?![^]*#000:[^]*#000:)[^]*#000:[^\n]*H5Sis_regular_hyperslab\(\): not a hyperslab selection/,
};

/** The error of the library's own, as it was printed. */
export const libraryError = (what: string, text: string): Hdf5Error =>
  new Hdf5Error(`HDF5 could not ${what}${lastCause(text)}`, { detail: text || undefined });

/** The innermost cause of a printed stack of errors. */
function lastCause(text: string): string {
  const described = [...text.matchAll(/#\d+:.*?: (.+)$/gm)].at(-1)?.[1]?.trim() ?? '';
  // a failed read tells the time first, and the reason behind it
  const [, what = described] = /^([^:]+): time = /.exec(described) ?? [];
  const reason = /error message = '([^']+)'/.exec(text)?.[1];
  return what && `: ${what}${reason ? `, ${reason}` : ''}`;
}

/** Whether the module has broken down, so that nothing that it says means anything any more. */
export const isBreakdown = (error: unknown): boolean =>
  error instanceof WebAssembly.RuntimeError || (error instanceof Error && /^(Aborted|abort)\b/i.test(error.message));

const wordsOf = (name: string): string => name.replaceAll('_', ' ').replace(/^get /, 'read ');

/** Wrap the module's functions. To be done once for each module. */
export function guard(module: H5Module): void {
  const methods = module as unknown as Methods;
  const wrap = (name: string, around: (call: (...args: unknown[]) => unknown, args: unknown[]) => unknown): void => {
    const call = methods[name] as unknown as (...args: unknown[]) => unknown;
    methods[name] = (...args: unknown[]) => (currentAttempt() ? around(call, args) : call(...args));
  };
  const checked = (name: string, call: () => unknown): unknown => {
    const attempt = currentAttempt()!;
    let result: unknown;
    try {
      result = keepingStack(module, call);
    } catch (error) {
      if (isBreakdown(error)) throw error;
      if (attempt.missed) throw new Missed();
      throw attempt.text ? libraryError(wordsOf(name), attempt.text) : error;
    }
    if (attempt.missed) throw new Missed();
    return result;
  };

  const answered = (name: string, call: () => unknown): unknown => {
    const attempt = currentAttempt()!;
    const before = attempt.text.length;
    const answer = checked(name, call);
    const said = attempt.text.slice(before);
    if (said && !harmless[name]?.test(said)) throw libraryError(wordsOf(name), said);
    return answer;
  };

  for (const name of [...reads, ...writes])
    wrap(name, (call, args) => {
      const status = checked(name, () => call(...args)) as number;
      if (status < 0) throw libraryError(wordsOf(name), currentAttempt()!.text);
      return status;
    });
  for (const name of questions) wrap(name, (call, args) => answered(name, () => call(...args)));
  // an attribute that cannot be opened would end the whole module: whether its object can is asked first
  wrap('get_attribute_metadata', (call, args) => {
    const attempt = currentAttempt()!;
    const of = `${String(args[0])} ${String(args[1])}`;
    if (attempt.listed?.of !== of)
      attempt.listed = { of, names: new Set(module.get_attribute_names(args[0] as bigint, args[1] as string)) };
    if (!attempt.listed.names.has(args[2] as string))
      throw new Hdf5Error(`there is no attribute '${String(args[2])}', or its name is no UTF-8`);
    return answered('get_attribute_metadata', () => call(...args));
  });
}
