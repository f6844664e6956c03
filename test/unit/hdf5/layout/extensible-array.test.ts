import {
  elementPlace,
  indexBlockShape,
  superBlocksOf,
  type ArrayShape,
} from '../../../../src/hdf5/layout/chunks/extensible-array-shape.ts';
import { equal, test } from '../../../harness.ts';

const usual: ArrayShape = {
  format: { bytes: 8, filtered: false, chunkBytes: 1 },
  maxBits: 32,
  indexElements: 4,
  minElements: 16,
  minPointers: 4,
  pageElements: 1024,
};

test('extensible arrays: every element has its block, counted out one by one', () => {
  const shapes = superBlocksOf(usual);
  equal(shapes.length, 29);
  let number = 0;
  let firstBlock = 0;
  for (let nth = 0; nth < 9; nth++) {
    const blocks = 2 ** Math.floor(nth / 2);
    const blockElements = 16 * 2 ** Math.ceil(nth / 2);
    const shape = { nth, blocks, blockElements, firstBlock, firstElement: number };
    for (let block = 0; block < blocks; block++) {
      for (let within = 0; within < blockElements; within++) equal(elementPlace(shapes, number++), { shape, block, within });
    }
    firstBlock += blocks;
  }
  equal(elementPlace(shapes, 2 ** 33), undefined);
});

test('extensible arrays: pointers of the index block', () => {
  // the first four super blocks have 1 + 1 + 2 + 2 data blocks, which it names itself
  equal(indexBlockShape(usual), { blocks: 6, superBlocks: { count: 25, skipped: 4 } });
  equal(indexBlockShape({ ...usual, maxBits: 5 }), { blocks: 6, superBlocks: { count: 0, skipped: 4 } });
});
