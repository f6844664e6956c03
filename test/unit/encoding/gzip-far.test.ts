/** gzip that others must be able to decode. */
import { gzipFarSuite } from '../../conformance/gzip-far.ts';

gzipFarSuite();
