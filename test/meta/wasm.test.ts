import { readFileSync, readdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { equal, ok, test } from '../harness.ts';
import { none, read, root } from './project.ts';

interface Kernel {
  sources: string[];
  maxGzipBytes: number;
}

const { modules } = (await import(join(root, 'wasm', 'modules.mjs'))) as { modules: Record<string, Kernel> };
const built = join(root, 'wasm', 'built');
const files = readdirSync(built).filter((file) => file.endsWith('.wasm'));
const bytesOf = (file: string): Buffer<ArrayBuffer> => readFileSync(join(built, file));
const gzipped = (bytes: Uint8Array | string): number => gzipSync(bytes, { level: 9 }).length;

test('wasm/built: every module of the table is there, and nothing else', () => {
  equal(
    files.toSorted(),
    Object.keys(modules)
      .map((name) => `${name}.wasm`)
      .toSorted(),
  );
});

test('wasm/built: SHA256SUMS says what the files are', () => {
  const lines = files.toSorted().map((file) => `${createHash('sha256').update(bytesOf(file)).digest('hex')}  ${file}\n`);
  equal(
    read('wasm/built/SHA256SUMS').split('\n').toSorted().join('\n'),
    ['', ...lines.map((line) => line.trimEnd())].toSorted().join('\n'),
  );
});

test('wasm/built: modules import nothing, have their memory, and carry no names and no paths', () => {
  for (const file of files) {
    const bytes = bytesOf(file);
    const module = new WebAssembly.Module(bytes);
    equal(WebAssembly.Module.imports(module), [], `imports of ${file}`);
    ok(
      WebAssembly.Module.exports(module).some(({ name, kind }) => name === 'memory' && kind === 'memory'),
      `a memory in ${file}`,
    );
    for (const section of ['name', 'producers', '.debug_info', 'sourceMappingURL'])
      equal(WebAssembly.Module.customSections(module, section).length, 0, `sections ${section} of ${file}`);
    none(bytes.toString('latin1').match(/\/(home|root|tmp|work|usr|Users)\/[\w/.-]*/g) ?? [], `paths in ${file}`);
  }
});

test('wasm/built: every module keeps its budget', () => {
  for (const [name, { maxGzipBytes }] of Object.entries(modules)) {
    const bytes = gzipped(bytesOf(`${name}.wasm`));
    ok(bytes <= maxGzipBytes, `${name}: at most ${maxGzipBytes} bytes instead of ${bytes}`);
  }
});

test('wasm/built: hashes and signer together ship in at most 14 kB', () => {
  // As they are shipped: base64 in JavaScript, each a file of its own.
  const names = ['crc32', 'crc32c', 'crc64nvme', 'md5', 'sha256'];
  const sizes = names.map((name) => gzipped(`export default '${bytesOf(`${name}.wasm`).toString('base64')}';`));
  const sum = sizes.reduce((a, b) => a + b, 0);
  console.log(`size - hashes and signer: ${sum} bytes (${names.map((name, i) => `${name} ${sizes[i]}`).join(', ')})`);
  ok(sum <= 14_000, `at most 14000 bytes instead of ${sum}`);
});

/** Whether a sum of powers of x is a multiple of the reflected polynomial; then so is the sum of their eighth powers, which moves bytes. */
function isMultiple(exponents: readonly number[], polynomial: bigint, bits: number): boolean {
  const wanted = new Set(exponents);
  let power = 1n << BigInt(bits - 1);
  let sum = 0n;
  for (let exponent = 0; exponent <= Math.max(...exponents); exponent++) {
    if (wanted.has(exponent)) sum ^= power;
    power = (power >> 1n) ^ (power & 1n ? polynomial : 0n);
  }
  return sum === 0n;
}

test('wasm: the delays of the CRCs are sparse multiples of their polynomials', () => {
  for (const name of ['crc32', 'crc32c', 'crc64nvme']) {
    const source = read(`wasm/${name}.c`);
    const defined = (what: string): string => new RegExp(`#define ${what} (.*)`).exec(source)![1]!;
    const polynomial = BigInt(defined('POLY').replace(/u$/, ''));
    for (const stage of ['FAR', 'NEAR']) {
      const delays = defined(stage).split(',').map(Number);
      const longest = Math.max(...delays);
      // A byte that is dropped goes to the places `delay` behind it: x^longest = the sum of x^(longest - delay).
      const exponents = [longest, ...delays.map((delay) => longest - delay)];
      ok(isMultiple(exponents, polynomial, defined('WORD') === 'uint64_t' ? 64 : 32), `${name}, ${stage}`);
      ok(Math.min(...delays) >= 16, `${name}, ${stage}: a vector does not overlap itself`);
    }
  }
});
