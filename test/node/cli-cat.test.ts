/** `anyfile cat`: what is larger than is kept in memory, and the names that a range goes with. */
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { equal, ok, sameBytes, test } from '../harness.ts';
import { pattern, withScenario } from '../servers/fixture/client.ts';
import { cli, inFolder, plant } from './cli/run-cli.ts';

const MiB = 0x100000;
const bytes = pattern(10 * MiB, 3);

/** A reader that counts, and does something when it has more than so much. */
function counting(limit: number, act: (done: (error?: Error | null) => void) => void): { stdout: Writable; printed(): number } {
  let printed = 0;
  const stdout = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      printed += chunk.length;
      if (printed > limit) act(done);
      else done();
    },
  });
  return { stdout, printed: () => printed };
}

for (const how of ['a range', 'all of it, decoded'] as const)
  test(`cat prints a large object as it comes: ${how}`, () =>
    withScenario('s3', {}, (s3) =>
      inFolder(async (root) => {
        const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
        const run = (argv: string[], more: object = {}): ReturnType<typeof cli> => cli(argv, { clientOptions, ...more });
        const url = `s3://${s3.bucket}/large`;
        const ranged = how === 'a range';
        plant(root, { [ranged ? 'large' : 'large.gz']: ranged ? bytes : gzipSync(bytes, { level: 0 }) });
        equal((await run(['cp', join(root, 'large'), url])).stderr, '');
        const argv = ranged ? ['cat', '-r', `${MiB / 2}-`, url] : ['cat', url];
        sameBytes((await run(argv)).bytes, ranged ? bytes.subarray(MiB / 2) : bytes);

        // the rest never comes: what is there is printed all the same
        await s3.update({ faults: [{ match: { operation: 'GetObject', times: 9 }, fault: { type: 'stall', bytes: 9 * MiB } }] });
        const stop = new AbortController();
        const { stdout, printed } = counting(8 * MiB, (done) => (stop.abort(new Error('SIGINT')), done()));
        equal((await run(argv, { stdout, signal: stop.signal })).status, 130);
        ok(printed() > 8 * MiB, `${printed()} bytes`);
      }),
    ));

test('cat: a reader that goes away ends it silently, whatever it is printing', () =>
  inFolder(async (root) => {
    plant(root, { large: bytes, 'packed.gz': gzipSync(bytes, { level: 0 }), small: 'x' });
    for (const argv of [['large'], ['packed'], ['small', 'large', 'packed'], ['-r', '5-', 'large']]) {
      const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
      const { stdout, printed } = counting(MiB, (done) => done(gone));
      const paths = argv.map((word) => (/^-|^\d/.test(word) ? word : join(root, word)));
      const got = await cli(['cat', ...paths], { stdout });
      equal([got.status, got.stderr], [0, ''], argv.join(' '));
      ok(printed() < 5 * MiB, `${printed()} bytes`);
    }
  }));

test('cat: encoded files of any size in their order among others, and one that is damaged', () =>
  inFolder(async (root) => {
    const packed = gzipSync(bytes, { level: 0 });
    plant(root, { a: 'first', 'b.gz': packed, c: 'last', 'd.gz': packed.subarray(0, 9 * MiB), 'e.gz': gzipSync('end') });
    const got = await cli(['cat', join(root, 'a'), join(root, 'b'), join(root, 'c')]);
    equal([got.status, got.stderr], [0, '']);
    sameBytes(got.bytes, new Uint8Array(Buffer.concat([Buffer.from('first'), bytes, Buffer.from('last')])));
    const cut = await cli(['cat', join(root, 'd'), join(root, 'e')]);
    equal([cut.status, cut.stdout.endsWith('end'), cut.errors.length], [1, true, 2]);
    ok(/DecompressionError/.test(cut.errors[0]!), cut.stderr);
  }));

test('cat -r goes with one file, however that is named', () =>
  inFolder(async (root) => {
    plant(root, { 'a.txt': 'hello world', 'b.csv': 'x,y', 'packed.gz': gzipSync('zip'), 'dir/c.txt': '' });
    const a = join(root, 'a.txt');
    equal((await cli(['cat', '-r', '0-5', `${root}/*.txt`])).stdout, 'hello');
    equal((await cli(['cat', '-r', '6-', '-'], { stdin: `${a}\n` })).stdout, 'world');
    sameBytes((await cli(['cat', '-r', '0-2', join(root, 'packed')])).bytes, Uint8Array.of(0x1f, 0x8b));
    for (const argv of [[a, a], [`${root}/*`], ['-'], ['-', a]]) {
      const got = await cli(['cat', '-r', '0-5', ...argv], { stdin: `${a}\n${a}\n` });
      equal([got.status, got.stdout], [2, ''], argv.join(' '));
      ok(got.stderr.includes(argv.length > 1 && argv[0] === '-' ? 'stands alone' : 'one file'), got.stderr);
    }
    for (const argv of [[join(root, 'none')], [`${root}/*.none`], [join(root, 'dir')]]) {
      const got = await cli(['cat', '-r', '0-5', ...argv]);
      equal([got.status > 0 && got.status !== 2, got.stdout], [true, ''], argv.join(' '));
    }
    equal((await cli(['cat', '-r', '0-5', '-'])).status, 0, 'no name, nothing to do');
  }));
