/** Values that nobody has written, in files that say that nobody is to: the library leaves the memory for them as it is. */
import { openForReading } from '../../../../src/hdf5/file/open.ts';
import { openForWriting } from '../../../../src/hdf5/write/open.ts';
import { Client } from '../../../../src/index.ts';
import { uniqueName } from '../../../env.ts';
import { equal, test } from '../../../harness.ts';

const COUNT = 4096;
/** A fill value's message of the first format: space is taken when it is needed, and filled with zeros unless another value was set. */
const MESSAGE = [0x05, 0, 8, 0, 1, 0, 0, 0, 2, 3, 2, 1, 0, 0, 0, 0];
/** When it is filled: never; and that there is no value to fill it with. */
const neverFilled: Record<string, (message: Uint8Array) => unknown> = {
  'is never filled': (message) => (message[10] = 1),
  'has no fill value': (message) => (message[11] = 0),
};

for (const [name, change] of Object.entries(neverFilled))
  test(`chunks that were never written are zeros where space ${name}`, async () => {
    await using client = new Client();
    const bucket = `mem://${uniqueName('hdf5')}`;
    const made = await openForWriting(`${bucket}/a.h5`, { mode: 'w', format: 'earliest', client });
    await made.createDataset('/sparse', { dtype: '|u1', shape: [COUNT], chunks: [16] });
    await (await made.dataset('/sparse')).write(new Uint8Array(16).fill(7), [[32, 48]]);
    await made.createDataset('/full', { data: new Uint8Array(COUNT).fill(255), chunks: [16] });
    await made.close();

    const bytes = await (await client.store(bucket).get('a.h5'))!.bytes();
    let changed = 0;
    for (let at = 0; at < bytes.length - MESSAGE.length; at++)
      if (MESSAGE.every((byte, i) => bytes[at + i] === byte)) {
        change(bytes.subarray(at));
        changed++;
      }
    equal(changed, 2, 'messages');

    const file = await openForReading(bytes);
    const wanted = new Uint8Array(COUNT).fill(7, 32, 48);
    // so that the memory holds something
    const [full, sparse] = [await file.dataset('/full'), await file.dataset('/sparse')];
    for (let i = 0; i < 3; i++) {
      equal(await full.read(), new Uint8Array(COUNT).fill(255));
      equal(await sparse.read(), wanted);
    }
    await file.close();
  });
