import { serveHdf5 } from 'anyfile/worker';

serveHdf5();
