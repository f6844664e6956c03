// The thread in which the client of apart-job.mjs is.
import { serveClient } from 'anyfile/worker';

serveClient();
