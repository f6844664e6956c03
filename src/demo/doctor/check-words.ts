/**
 * Names of what a diagnosis looks at, for people.
 *
 * @module
 */
import type { CheckName, DiagnosisCheck } from '../../index.ts';

/** What each check is about. */
export const checkTitles: Readonly<Record<CheckName, string>> = {
  url: 'The URL',
  connection: 'Connection',
  clock: 'Clock',
  credentials: 'Credentials',
  signature: 'Signature',
  bucket: 'Bucket',
  region: 'Region',
  list: 'Listing',
  read: 'Reading',
  ranges: 'Reading by ranges',
  checksums: 'Checksums',
  write: 'Writing',
  cors: 'CORS: this page may read',
  'cors.expose': 'CORS: headers that this page is shown',
  'cors.write': 'CORS: this page may write',
};

/** How a check ended: in a word, and as a class of the style sheet. */
export function verdictOf({ ok }: Pick<DiagnosisCheck, 'ok'>): { word: string; look: 'good' | 'bad' | 'plain' } {
  if (ok === null) return { word: 'not known', look: 'plain' };
  return ok ? { word: '✓ fine', look: 'good' } : { word: '✗ wrong', look: 'bad' };
}

/** All of it in a sentence. */
export function summaryOf(checks: readonly DiagnosisCheck[]): string {
  const wrong = checks.filter(({ ok }) => ok === false);
  if (wrong.length === 0) return 'Nothing is wrong with what could be looked at.';
  const names = wrong.map(({ name }) => checkTitles[name]).join(', ');
  return `${wrong.length === 1 ? 'One thing is' : `${wrong.length} things are`} wrong: ${names}.`;
}
