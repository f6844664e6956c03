import { s3Driver, serveMounts } from 'anyfile/service-worker';

serveMounts({ drivers: [s3Driver] });
