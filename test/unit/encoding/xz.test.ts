/** xz. */
import * as codec from '../../../src/codecs/xz.ts';
import { codecSuite } from '../../conformance/codec-suite.ts';

codecSuite({ encoding: 'xz', codec, levels: [0, 6], wrongLevels: [-1, 10], checked: true, joins: true, padding: new Uint8Array(8) });
