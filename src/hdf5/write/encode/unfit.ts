/**
 * The error for values that do not fit.
 *
 * @module
 */
import { CloudError } from '../../../errors.ts';

/** An `InvalidArgument`. */
export const unfit = (message: string): CloudError => new CloudError(message, { code: 'InvalidArgument', operation: 'write' });

/** A value as it may stand in a message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : `a ${value.constructor?.name ?? 'record'}`;
  return typeof value === 'bigint' ? `${value}n` : String(value);
}
