import { sdkVersion } from '../../src/data/sdk-version.ts';
import { equal, test } from '../harness.ts';
import { manifest } from './project.ts';

test("the version that is written into metadata is the package's", () => {
  equal(sdkVersion, manifest().version);
});
