/**
 * One filter asked of one item, as Python's `Filterable.satisfies`.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { compileCriteria } from './compile.ts';
import type { Criteria } from './types.ts';

/** What happens when the item lacks the attribute. */
export interface SatisfiesOptions {
  /** An error when the item lacks the attribute; `false` otherwise. @default true */
  raiseErrorIfFilterIsInvalid?: boolean | undefined;
}

/**
 * Whether an item satisfies one filter.
 *
 * @param criterion exactly one filter, `attribute__action`, and its argument
 * @throws CloudError `InvalidArgument` for none or several; else as of `FilterSet.filter`
 * @example satisfies(datafile, { labels__contains: 'a' })
 */
export function satisfies<T>(item: T, criterion: Criteria<T>, { raiseErrorIfFilterIsInvalid = true }: SatisfiesOptions = {}): boolean {
  const names = Object.keys(criterion);
  if (names.length !== 1) {
    throw new CloudError(`satisfies takes exactly one filter, got ${names.join(', ') || 'none'}`, {
      code: 'InvalidArgument',
      operation: 'satisfies',
    });
  }
  return compileCriteria(criterion, !raiseErrorIfFilterIsInvalid, 'satisfies')(item);
}
