import { serveMounts, signerDriver } from 'anyfile/service-worker';

serveMounts({ drivers: [signerDriver] });
