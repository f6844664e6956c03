/** gzip that others must be able to decode. */
import * as codec from '../../../src/codecs/gzip.ts';
import { gzipFarSuite } from '../../conformance/gzip-far.ts';

gzipFarSuite(codec);
