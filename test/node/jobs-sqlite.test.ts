/** Jobs in SQLite. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '../../src/jobs/sqlite/sqlite-store.ts';
import { jobRunSuite } from '../conformance/job-run-suite.ts';
import { jobSuite, type JobRig } from '../conformance/job-suite.ts';

const makeRig = async (): Promise<JobRig> => {
  const folder = mkdtempSync(join(tmpdir(), 'anyfile-job-'));
  return {
    handle: () => createSqliteStore(join(folder, 'job ä#%.db')),
    end: async () => rmSync(folder, { recursive: true, force: true }),
  };
};

jobSuite('SQLite', makeRig, { sharesWork: true, keptNames: 50_000, removes: true });
jobRunSuite('SQLite', makeRig);
