/** gzip, as every codec. */
import * as codec from '../../../src/codecs/gzip.ts';
import { codecSuite } from '../../conformance/codec-suite.ts';

codecSuite({ encoding: 'gzip', codec, levels: [0, 1, 9, 12], wrongLevels: [-1, 13], checked: true, joins: true });
