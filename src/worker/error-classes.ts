/**
 * Errors that clients throw in workers.
 *
 * @module
 */
import { InvalidConfigurationError } from '../cache/object/errors.ts';
import type { ErrorClasses } from '../rpc/packed-error.ts';

/** Their classes, the most exact first. */
export const clientClasses: ErrorClasses = [['InvalidConfigurationError', InvalidConfigurationError]];
