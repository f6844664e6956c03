// The IndexedDB container, held to what all containers promise.
import { makeIdbRig } from '../conformance/cache-idb-rig.ts';
import { cacheSuite } from '../conformance/cache-suite.ts';

cacheSuite('IndexedDB', makeIdbRig, { steps: 300 });
