/** zstd. */
import * as codec from '../../../src/codecs/zstd.ts';
import { codecSuite } from '../../conformance/codec-suite.ts';

codecSuite({ encoding: 'zstd', codec, levels: [-5, 0, 1, 9], wrongLevels: [23, 100], checked: true, joins: true });
