/** brotli. */
import * as codec from '../../../src/codecs/brotli.ts';
import { codecSuite } from '../../conformance/codec-suite.ts';

codecSuite({ encoding: 'br', codec, levels: [0, 1, 5], wrongLevels: [-1, 12], checked: false, joins: false });
