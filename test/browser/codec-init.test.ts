// `init` of codecs in a page and in a worker, with the modules from the page's own origin.
import { initSuite } from '../conformance/init-suite.ts';

initSuite((name) => new URL(`/wasm/built/${name}`, location.origin).href);
