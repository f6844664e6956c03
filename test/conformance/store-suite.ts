/**
 * What every store must do, whatever it stands on: each driver and each wrap runs it in every engine.
 *
 * @module
 */
import { abortChecks } from './abort-checks.ts';
import { listChecks } from './list-checks.ts';
import { metadataChecks } from './metadata-checks.ts';
import { readChecks } from './read-checks.ts';
import { createCheck, type StoreSuiteOptions } from './suite.ts';
import { verifyChecks } from './verify-checks.ts';
import { writeChecks } from './write-checks.ts';

export type { StoreSuiteOptions } from './suite.ts';

/**
 * Register the checks for one store. What it says it cannot do is skipped, or held to failing as it should.
 *
 * @param name in front of every check's name
 * @example storeSuite('memory', { open: async () => ({ store: createMemoryStore({ bucket: 'b' }), close: async () => {} }) });
 */
export function storeSuite(name: string, options: StoreSuiteOptions): void {
  const check = createCheck(name, options);
  readChecks(check);
  writeChecks(check);
  metadataChecks(check);
  listChecks(check);
  abortChecks(check);
  verifyChecks(check);
}
