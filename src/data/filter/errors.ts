/**
 * What goes wrong in filtering and ordering: one class, the reasons as values.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';

/**
 * Why a filter, an ordering or `one()` failed. In brackets: what Python's original raises.
 *
 * - `InvalidFilter`: no such filter for the attribute's type, a type that cannot be filtered, or nothing to order by (InvalidInputException)
 * - `MissingAttribute`: an item lacks the attribute, and items are not to be skipped for that (AttributeError)
 * - `WrongType`: values that cannot be compared, or an item that is no object (TypeError, IndexError)
 * - `BrokenSequence`: the ordered items do not start or step as asked (BrokenSequenceException)
 * - `UnexpectedNumberOfResults`: `one()` found none or several (UnexpectedNumberOfResultsException)
 */
export type FilterErrorReason = 'InvalidFilter' | 'MissingAttribute' | 'WrongType' | 'BrokenSequence' | 'UnexpectedNumberOfResults';

/**
 * An error of filters and their containers. Its `code` is always `InvalidArgument`; its `reason` tells the cases apart.
 *
 * @example
 * try { files.one({ name: 'a.csv' }) } catch (error) { if (isFilterError(error, 'UnexpectedNumberOfResults')) … }
 */
export class FilterError extends CloudError {
  declare readonly reason: FilterErrorReason;

  constructor(reason: FilterErrorReason, message: string) {
    super(message, { code: 'InvalidArgument' });
    Object.assign(this, { name: 'FilterError', reason });
  }
}

/**
 * Whether `error` is a {@link FilterError}, and for that reason. Works across realms and workers.
 *
 * @param reason the reason to ask for; any when left out
 */
export function isFilterError(error: unknown, reason?: FilterErrorReason): error is FilterError {
  const e = error as FilterError | undefined;
  return e instanceof Error && e.name === 'FilterError' && (reason === undefined || e.reason === reason);
}

/** Throws the error of an argument or a value of the wrong type. */
export function wrongType(message: string): never {
  throw new FilterError('WrongType', message);
}
