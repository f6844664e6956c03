// The worker that is measured: the whole client, and beside it a protocol that answers at once, so that nothing but the port is measured.
import { ownPort } from '#platform';
import { giving } from '../../../src/rpc/own-bytes.ts';
import { createPeer } from '../../../src/rpc/peer.ts';
import { serveLinks } from '../../../src/rpc/serve-links.ts';
import { serveClient } from '../../../src/worker.ts';

const bench = { anyfile: 'bench', protocol: 1 };

serveClient();
serveLinks(ownPort(), {
  protocol: bench,
  open(post) {
    const handlers = new Map([
      ['echo', async (value) => ({ value })],
      [
        'bytes',
        async (size) => {
          const bytes = new Uint8Array(size);
          return giving(bytes, bytes);
        },
      ],
    ]);
    return { peer: createPeer({ post, handlers }), end: async () => {} };
  },
});
