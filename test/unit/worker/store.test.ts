// The store's rules, through a worker's port.
import { storeSuite } from '../../conformance/store-suite.ts';
import { connectClient, serveClient } from '../../../src/worker.ts';

storeSuite('memory through a port', {
  metadataRaces: 100,
  async open() {
    const { port1, port2 } = new MessageChannel();
    serveClient(port2);
    const client = await connectClient(port1);
    return {
      store: client.store('mem://suite/some where'),
      async close() {
        await client.close();
        port2.close();
      },
    };
  },
  seed: async (store, keys) => {
    for (const key of keys) await store.put(key, 'x');
  },
});
