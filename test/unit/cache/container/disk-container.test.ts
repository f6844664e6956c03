import { cacheSuite } from '../../../conformance/cache-suite.ts';
import { makeDiskRig } from './disk-rig.ts';

cacheSuite('disk', makeDiskRig);
