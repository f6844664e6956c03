// The same in workerd, which makes no code of bytes: decoders come as modules.
import br from 'anyfile/wasm/brotli.wasm';
import zstd from 'anyfile/wasm/zstd.wasm';
import { init } from 'anyfile/codecs';
import settings from './settings.json';
import { readObjects } from './read.js';

export default {
  async fetch(request) {
    if (new URL(request.url).pathname === '/ready') return new Response('yes');
    try {
      await init({ br: { module: br }, zstd: { module: zstd } });
      return Response.json(await readObjects(settings));
    } catch (error) {
      return Response.json({ error: String(error?.stack ?? error), cause: String(error?.cause ?? '') });
    }
  },
};
