/** A driver whose code did not come is asked for again; one that came is kept. */
import { CloudError } from '../../../src/errors.ts';
import { openStore } from '../../../src/open/open-store.ts';
import { createContext } from '../../../src/store/context.ts';
import { lazyStore } from '../../../src/store/lazy.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import { equal, rejects, test } from '../../harness.ts';

test('a lazy store that did not open is opened by the next call, and then kept', async () => {
  const memory = createMemoryStore({ bucket: 'b' });
  let opened = 0;
  const store = lazyStore(memory.url, memory.capabilities, async () => {
    if (++opened === 1) throw new CloudError('the code did not come', { code: 'Network' });
    return memory;
  });
  const both = await Promise.allSettled([store.head('a'), store.head('b')]);
  equal([both.map(({ status }) => status), opened], [['rejected', 'rejected'], 1], 'who waits together fails together');
  equal([await store.get('a'), await store.get('a'), opened], [null, null, 2]);
});

test('so is the driver that all stores of a bucket share', async () => {
  const memory = createMemoryStore({ bucket: 'b' });
  let opened = 0;
  const context = {
    ...createContext({}),
    openElsewhere: () => {
      if (++opened === 1) throw new CloudError('the code did not come', { code: 'Network' });
      return memory;
    },
  };
  for (const url of ['s3://b/x', 'https://h.example/x']) {
    opened = 0;
    const store = openStore(url, { client: { context } });
    await rejects(store.get('a'), 'Network');
    equal([await store.get('a'), await store.get('a'), opened], [null, null, 2], url);
  }
  equal([await openStore('s3://b/y', { client: { context } }).get('a'), opened], [null, 2], 'one driver a bucket');
});
