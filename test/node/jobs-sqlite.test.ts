/** Jobs in SQLite. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '../../src/jobs/sqlite/sqlite-store.ts';
import { jobSuite } from '../conformance/job-suite.ts';

jobSuite(
  'SQLite',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'anyfile-job-'));
    return {
      handle: () => createSqliteStore(join(folder, 'job ä#%.db')),
      end: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
  { sharesWork: true, keptNames: 50_000, removes: true },
);
