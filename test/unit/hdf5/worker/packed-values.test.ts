// What of values is given away, what is copied, and what comes out at the other end.
import { packValues, unpackValues } from '../../../../src/hdf5/worker/packed-values.ts';
import { Hdf5Reference } from '../../../../src/hdf5/values/reference.ts';
import { equal, ok, test } from '../../../harness.ts';

/** Through a real copy. @returns what came, and the buffers that were given away with their sizes before that */
function pass(value: unknown): { came: unknown; sizes: number[]; gone: ArrayBuffer[] } {
  const transfer = new Set<ArrayBuffer>();
  const packed = packValues(value, transfer);
  const gone = [...transfer];
  const sizes = gone.map(({ byteLength }) => byteLength);
  const came = unpackValues(structuredClone(packed, { transfer: gone }));
  ok(
    gone.every(({ byteLength }) => byteLength === 0),
    'all are gone here',
  );
  return { came, sizes, gone };
}

test('numbers are given away, wherever they are', () => {
  const make = (): unknown => ({
    flat: Float64Array.from({ length: 1000 }, (_, i) => i),
    records: [
      { a: 1, b: Int16Array.from({ length: 600 }, (_, i) => i) },
      { a: 2n, b: new Int16Array(600).fill(5) },
    ],
    nested: [[new Uint8Array(2000).fill(1)], [new Uint8Array(3000).fill(2), ['x', 'y']]],
    columns: { deep: { deeper: new BigUint64Array(200).fill(9n) } },
  });
  const { came, sizes } = pass(make());
  equal(came, make());
  equal(sizes, [8000, 1200, 1200, 2000, 3000, 1600]);
});

test('what is part of a larger buffer goes alone', () => {
  const pool = new Float32Array(100_000).fill(3);
  const values = [pool.subarray(0, 1000), pool.subarray(1000, 2000), pool];
  const { came, sizes } = pass(values);
  equal(came, [new Float32Array(1000).fill(3), new Float32Array(1000).fill(3), new Float32Array(100_000).fill(3)]);
  equal(sizes, [4000, 4000, 400_000]);
  const other = new Uint8Array(5000).fill(1);
  equal(pass({ part: other.subarray(10, 20) }).came, { part: new Uint8Array(10).fill(1) });
  equal(other.byteLength, 5000, 'the buffer stays');
});

test('one buffer under two arrays is given away once', () => {
  const bytes = new Uint8Array(4096).fill(1);
  const { came, sizes } = pass([bytes, new Uint32Array(bytes.buffer), bytes]);
  equal(sizes, [4096]);
  equal(came, [new Uint8Array(4096).fill(1), new Uint32Array(1024).fill(0x01010101), new Uint8Array(4096).fill(1)]);
});

test('small arrays are copied, and what holds no numbers is left alone', () => {
  equal(pass([new Uint8Array(100), new Float64Array(4)]).sizes, []);
  for (const value of [null, undefined, 1, 2n, 'x', true, [], ['a', 'b'], [1n], {}, [[]]]) equal(pass(value).came, value);
});

test('references stay references, and what looks like one does not become one', () => {
  const reference = (n: number): Hdf5Reference => new Hdf5Reference('object', new Uint8Array(8).fill(n));
  const same = reference(3);
  const { came } = pass([null, reference(1), { to: reference(2), looks: { kind: 'object', bytes: new Uint8Array(8) } }, [same, same]]);
  const [none, first, { to, looks }, [third, fourth]] = came as [
    null,
    Hdf5Reference,
    { to: Hdf5Reference; looks: object },
    Hdf5Reference[],
  ];
  ok(first instanceof Hdf5Reference && to instanceof Hdf5Reference && third instanceof Hdf5Reference, 'references');
  ok(!(looks instanceof Hdf5Reference), 'a record of the same names');
  equal([none, first.kind, [...first.bytes], [...to.bytes], third === fourth], [null, 'object', Array(8).fill(1), Array(8).fill(2), true]);
});

test('what stands behind a text is looked at too', () => {
  const { came, sizes } = pass([
    ['name', new Hdf5Reference('object', new Uint8Array(8))],
    ['other', new Float64Array(1000)],
    [1n, [null, new Hdf5Reference('region', new Uint8Array(12))]],
  ]);
  const [[, first], , [, [, third]]] = came as [[string, unknown], unknown, [bigint, [null, unknown]]];
  ok(first instanceof Hdf5Reference && third instanceof Hdf5Reference, 'references');
  equal(sizes, [8000]);
});

test('members that are named as what objects have', () => {
  const record = JSON.parse('{"__proto__": 1, "constructor": 2}') as Record<string, unknown>;
  Object.defineProperty(record, '__proto__', { value: new Uint8Array(2048), enumerable: true, configurable: true, writable: true });
  const { came, sizes } = pass([record]);
  equal(sizes, [2048]);
  const [first] = came as [object];
  equal([Object.keys(first), Object.getPrototypeOf(first) === Object.prototype], [['__proto__', 'constructor'], true]);
});
