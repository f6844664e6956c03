// Errors that go to another thread and back.
import { Hdf5Error, MissingFilterError, NotHdf5Error, UnsupportedTypeError } from '../../../src/hdf5.ts';
import { CloudError, isCloudError } from '../../../src/index.ts';
import { hdf5Classes } from '../../../src/hdf5/worker/error-classes.ts';
import { createErrorPacker, type ErrorPacker, type PackedError } from '../../../src/rpc/packed-error.ts';
import { equal, ok, test } from '../../harness.ts';

/** From one side to the other. */
const send = (from: ErrorPacker, to: ErrorPacker, error: unknown): unknown =>
  to.unpack(structuredClone(from.pack(error) as object) as PackedError);
const make = (): ErrorPacker => createErrorPacker(hdf5Classes);
const across = (error: unknown): unknown => send(make(), make(), error);

test('classes, codes, fields, messages, stacks and causes arrive', () => {
  const cause = new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') });
  const errors = [
    new CloudError('no', { code: 'PermissionDenied', status: 403, url: 'https://h/b?secret', operation: 'get', retryable: true, cause }),
    new Hdf5Error('damaged', { detail: 'H5Dread: …' }),
    new NotHdf5Error('a text'),
    new UnsupportedTypeError('float128'),
    new MissingFilterError('filter 32015', { id: 32015, name: 'zstd' }, { cause: new Hdf5Error('inner') }),
  ];
  for (const error of errors) {
    const came = across(error) as CloudError;
    equal(Object.getPrototypeOf(came), Object.getPrototypeOf(error), error.name);
    ok(isCloudError(came, error.code), `${error.name} by its code`);
    equal({ ...came }, { ...error }, error.name);
    equal([came.message, came.stack, came.toJSON()], [error.message, error.stack, error.toJSON()]);
    equal(Object.keys(came).includes('stack'), false);
  }
  const { cause: first } = across(errors[0]) as Error;
  ok(first instanceof TypeError && first.name === 'TypeError' && (first.cause as Error).message === 'ECONNREFUSED', 'the chain of causes');
});

test("errors of the language and of the web, of users' classes, and what is no error", () => {
  class Mine extends RangeError {
    override name = 'Mine';
    extra = { at: 5, act: (): void => {} };
  }
  const mine = across(new Mine('far')) as Mine;
  ok(mine instanceof RangeError, 'the nearest class');
  equal([mine.name, mine.message, mine.extra as unknown], ['Mine', 'far', '[object Object]'], 'as text what cannot be sent');
  const abort = across(new DOMException('stop', 'AbortError')) as DOMException;
  ok(abort instanceof DOMException, 'a DOMException');
  equal([abort.name, abort.message, abort.code], ['AbortError', 'stop', 20]);
  const all = across(new AggregateError([new NotHdf5Error('a'), 'b'], 'both')) as AggregateError;
  ok(all instanceof AggregateError && all.errors[0] instanceof NotHdf5Error && all.errors[1] === 'b', 'several at once');
  for (const value of ['text', 5, null, undefined, { a: [1] }]) equal(across(value), value);
  equal(
    across(function five() {}),
    'function five',
  );
  // of another copy of anyfile
  const foreign = Object.assign(new Error('x'), { name: 'CloudError', code: 'NotFound', retryable: false });
  ok(across(foreign) instanceof CloudError, 'known by its code');
});

test('an error that comes back is the one that went', () => {
  const here = make();
  const there = make();
  class Mine extends Error {}
  const mine = new Mine('mine');
  const reason = { why: 'an object' };
  for (const error of [mine, reason]) equal(send(there, here, send(here, there, error)) === error, true);
  // as the cause of another
  const wrapped = new CloudError('wrapped', { code: 'Network', cause: send(here, there, mine) });
  equal((send(there, here, wrapped) as Error).cause === mine, true);
  // not for ever: the last ones are kept
  const first = send(here, there, mine);
  for (let i = 0; i < 100; i++) send(here, there, new Error(String(i)));
  const late = send(there, here, first) as Error;
  equal([late === mine, late.message], [false, 'mine']);
});

test('errors that hold themselves end', () => {
  const error = new Error('round') as Error & { self?: unknown };
  error.cause = error;
  error.self = error;
  let depth = 0;
  for (let one: unknown = across(error); one instanceof Error; one = one.cause) depth++;
  ok(depth > 1 && depth < 20, `${depth} deep`);
});
