import { attributeTypes } from '../../../../src/hdf5/layout/attribute-types.ts';
import { readDatasetLayout } from '../../../../src/hdf5/layout/dataset-layout.ts';
import { readObjectHeader } from '../../../../src/hdf5/layout/object-header.ts';
import { planGroup } from '../../../../src/hdf5/layout/plan-group.ts';
import { readSuperblock } from '../../../../src/hdf5/layout/superblock.ts';
import { equal, ok, test } from '../../../harness.ts';
import { text } from './fields.ts';
import { memoryLook, type MemoryLook } from './look.ts';
import { sample, type Sample } from './unpack.ts';

async function opened(name: Parameters<typeof sample>[0]) {
  const file = sample(name);
  const look = memoryLook(file.bytes);
  const superblock = await readSuperblock(look);
  return { ...file, look, superblock, at: (path: string) => superblock.baseAddress + file.addresses[path]! };
}

/** Where four characters are in a file. */
function placesOf({ bytes }: Sample, signature: string): number[] {
  const [a, b, c, d] = text(signature);
  return [...bytes.keys()].filter((i) => bytes[i] === a && bytes[i + 1] === b && bytes[i + 2] === c && bytes[i + 3] === d);
}

const asked = (look: MemoryLook, at: number, sizeBytes: number): boolean =>
  look.asked.some(({ start, end }) => start <= at && at + sizeBytes <= end);

/** The head of a type: its class and version, its bits, its size. */
const headOf = (type: Uint8Array | undefined): string =>
  [...type!.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

test('groups of the older kind: the tree, the links and their names are fetched', async () => {
  const { look, superblock, at, ...file } = await opened('tree1');
  await planGroup(look, superblock, at('group'));
  const links = placesOf({ ...file }, 'SNOD');
  // the nodes of "/" are not asked for; those of 40 links are
  ok(links.filter((place) => asked(look, place, 328)).length >= 5, 'nodes of links');
  equal(placesOf({ ...file }, 'HEAP').filter((place) => asked(look, place, 32)).length, 1);
});

test('groups of the newer kind: all blocks of the heap and all nodes of the tree, in few waves', async () => {
  const { look, superblock, at, ...file } = await opened('attributes');
  const before = look.waves;
  await planGroup(look, superblock, at('many'));
  for (const [signature, sizeBytes] of [
    ['FRHP', 146],
    ['FHIB', 40],
    ['FHDB', 512],
    ['BTLF', 512],
  ] as const) {
    const places = placesOf({ ...file }, signature);
    ok(places.length > 0, signature);
    for (const place of places) ok(asked(look, place, sizeBytes), `${signature} at ${place}`);
  }
  ok(look.waves - before <= 6, `${look.waves - before} waves`);
});

test('groups: links and attributes can be asked for alone', async () => {
  const count = async (options: { links?: boolean; attributes?: boolean }): Promise<number> => {
    const { look, superblock, at } = await opened('attributes');
    await planGroup(look, superblock, at('many'), options);
    return look.asked.length;
  };
  const [both, links, attributes, none] = [
    await count({}),
    await count({ attributes: false }),
    await count({ links: false }),
    await count({ links: false, attributes: false }),
  ];
  ok(none < links && none < attributes);
  equal(both, links + attributes - none);
});

test('types of attributes: in the header, in a heap, too large for one, and committed', async () => {
  const { look, superblock, at } = await opened('attributes');
  const many = await attributeTypes(look, superblock, at('many'));
  equal(many.size, 62);
  equal([...many.keys()].sort().slice(0, 3), ['attribute 0', 'attribute 1', 'attribute 10']);
  // little-endian f4; big-endian i8; u1; committed big-endian i2; u2
  const heads = [0, 1, 2].map((i) => headOf(many.get(`attribute ${i}`)));
  equal(
    heads.map((head) => [head.slice(1, 2), head.slice(2, 4), Number.parseInt(head.slice(8, 10), 16)]),
    [
      ['1', '20', 4],
      ['0', '09', 8],
      ['0', '00', 1],
    ],
  );
  const committed = headOf(many.get('of a type'));
  equal([committed.slice(1, 4), committed.slice(8)], ['009', '02000000']);
  equal(headOf(many.get('large')).slice(8), '02000000');
  const few = await attributeTypes(look, superblock, at('few'));
  equal([...few.keys()].sort(), ['of a type', 'text']);
  equal(headOf(few.get('of a type')), committed);
});

test('committed types: datasets and attributes of both formats', async () => {
  for (const name of ['tree1', 'attributes'] as const) {
    const { look, superblock, at } = await opened(name);
    const layout = await readDatasetLayout(look, superblock, at('of a type'));
    const { messages } = await readObjectHeader(look, superblock, at('type'));
    equal([layout.elementBytes, layout.shape, layout.datatype], [2, [5], messages.find(({ type }) => type === 3)!.bytes.slice()]);
    if (name === 'attributes') equal(layout.fillValue, { defined: true, bytes: Uint8Array.of(0, 3) });
    else equal((await attributeTypes(look, superblock, at('of a type'))).get('of a type'), layout.datatype);
  }
});

test('messages that objects share: types, fill values and attributes come out of the heaps of the file', async () => {
  const { look, superblock, at } = await opened('unusual');
  equal([superblock.sharedTable?.heaps, superblock.treeK.chunks], [2, 5]);
  const { messages } = await readObjectHeader(look, superblock, at('type'));
  const datatype = messages.find(({ type }) => type === 3)!.bytes.slice();
  for (const i of [0, 1, 2]) {
    const layout = await readDatasetLayout(look, superblock, at(`set ${i}`));
    equal([layout.shape, layout.elementBytes, layout.fillValue?.bytes?.length], [[9], 12, 12]);
    equal(headOf(layout.datatype).slice(2), headOf(datatype).slice(2));
    const types = await attributeTypes(look, superblock, at(`set ${i}`));
    equal(types.size, 13);
    equal(headOf(types.get('attribute 7')).slice(2, 10), '08000004');
  }
  const before = look.asked.length;
  await planGroup(look, superblock, at('set 0'));
  ok(look.asked.length - before > 8, 'the heaps are fetched');
});

test('packed heaps: their blocks are fetched as large as they are in the file', async () => {
  const { look, superblock, at, bytes, addresses, tables } = await opened('unusual');
  await planGroup(look, superblock, at('packed'));
  equal(placesOf({ bytes, addresses, tables }, 'FHIB').filter((place) => asked(look, place, 100)).length, 1);
  equal((await attributeTypes(look, superblock, at('packed'))).size, 0);
});
