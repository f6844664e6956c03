import fc from 'fast-check';
import { env } from '../../env.ts';
import { equal, sameBytes, test } from '../../harness.ts';
import { noise } from '../../conformance/noise.ts';
import { createRig } from './rig.ts';

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('write' as const), n: fc.oneof(fc.nat(40), fc.constantFrom(65_535, 65_536, 70_000)), seed: fc.nat(99) }),
    fc.record({ do: fc.constant('read' as const), n: fc.oneof(fc.nat(40), fc.constantFrom(65_536, 100_000, -1)) }),
    fc.record({ do: fc.constant('seek' as const), n: fc.oneof(fc.nat(60), fc.nat(150_000)) }),
    fc.record({ do: fc.constant('truncate' as const), n: fc.oneof(fc.nat(60), fc.nat(150_000)) }),
    fc.record({ do: fc.constant('line' as const), n: fc.constant(0) }),
    fc.record({ do: fc.constantFrom('flush' as const, 'tell' as const) }),
  ),
  { maxLength: 25 },
);

test('handle: whatever is done in whatever order, a plain array would hold the same', () =>
  fc.assert(
    fc.asyncProperty(steps, fc.constantFrom('r', 'a', 'w'), fc.boolean(), async (all, access, wait) => {
      const old = noise(200, 5);
      const rig = await createRig(old);
      const file = await rig.open(`${access}b+` as 'rb+');
      let model = access === 'w' ? [] : [...old];
      let at = access === 'a' ? model.length : 0;
      const pending: Promise<unknown>[] = [];
      const expect = (got: Promise<Uint8Array | number | void>, want: number[] | number | undefined): void => {
        pending.push(
          got.then((value) => (Array.isArray(want) ? sameBytes(value as Uint8Array, new Uint8Array(want)) : equal(value, want))),
        );
      };
      const resize = (size: number): void => {
        while (model.length < size) model.push(0);
        model = model.slice(0, size);
      };
      for (const step of all) {
        if (step.do === 'write') {
          const bytes = noise(step.n, step.seed);
          if (access === 'a') at = model.length;
          expect(file.write(bytes), bytes.length);
          if (bytes.length) resize(Math.max(model.length, at + bytes.length));
          for (const byte of bytes) model[at++] = byte;
        } else if (step.do === 'read' || step.do === 'line') {
          const end = step.do === 'line' ? model.indexOf(10, at) + 1 || Infinity : step.n < 0 ? Infinity : at + step.n;
          const part = model.slice(at, end);
          expect(step.do === 'line' ? file.readLine() : file.read(step.n), part);
          at += part.length;
        } else if (step.do === 'seek') expect(file.seek(step.n), (at = step.n));
        else if (step.do === 'truncate') {
          expect(file.truncate(step.n), step.n);
          resize(step.n);
        } else expect(file[step.do](), step.do === 'tell' ? at : undefined);
        if (wait) await Promise.all(pending);
      }
      await Promise.all(pending);
      await file.close();
      sameBytes(await rig.bytes(), new Uint8Array(model));
    }),
    { seed: env().seed, numRuns: 30 },
  ));

const chars = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n', 'ü', '€', '😀', '\u{feff}', '\0', 'zz'), maxLength: 60 });

test('text handle: random text comes back, by lines, by characters and from any place', () =>
  fc.assert(
    fc.asyncProperty(
      chars,
      fc.constantFrom(1, 3000),
      fc.constantFrom(null, '', '\n', '\r', '\r\n'),
      fc.constantFrom('utf-8', 'utf-8-sig', 'utf-16', 'utf-16-be'),
      fc.integer({ min: 1, max: 7 }),
      async (unit, times, newline, encoding, n) => {
        const text = unit.repeat(times);
        const rig = await createRig();
        const writer = await rig.open('w', { newline: '', encoding });
        const cut = (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
        await writer.write(text.slice(0, cut));
        await writer.write(text.slice(cut));
        await writer.close();
        const want = newline === null ? text.replace(/\r\n?/g, '\n') : text;
        const file = await rig.open('r', { newline, encoding });
        equal(await file.read(), want);
        await file.seek(0);
        let lines = '';
        for await (const line of file) lines += line;
        equal(lines, want);
        await file.seek(0);
        for (let at = 0, i = 0; i < 40; i++) {
          const some = await file.read(n);
          equal(
            some,
            Array.from(want.slice(at, at + 2 * n))
              .slice(0, n)
              .join(''),
          );
          at += some.length;
          const place = await file.tell();
          if (i % 5 === 0) equal((await file.read()) === want.slice(at), true, 'the rest');
          if (i % 5 === 0) await file.seek(place);
          if (!some) break;
        }
        await file.close();
      },
    ),
    { seed: env().seed, numRuns: 30 },
  ));
