/** bzip2. */
import * as codec from '../../../src/codecs/bzip2.ts';
import { codecSuite } from '../../conformance/codec-suite.ts';

codecSuite({ encoding: 'bz2', codec, levels: [1, 9], wrongLevels: [0, 10], checked: true, joins: true });
