// The OPFS container in both layouts, held to what all containers promise.
import { makeOpfsRig } from '../conformance/cache-opfs-rig.ts';
import { cacheSuite } from '../conformance/cache-suite.ts';

cacheSuite('OPFS slab', makeOpfsRig('slab'), { steps: 500 });
// Firefox writes some 40 small files a second.
cacheSuite('OPFS files', makeOpfsRig('files'), { steps: 150, timeoutMs: 60_000 });
