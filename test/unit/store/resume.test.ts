/** Where a body that broke is taken up again: not at all when all of it was there. */
import { CloudError } from '../../../src/errors.ts';
import { openResult, type ReadPlan } from '../../../src/store/read.ts';
import type { HttpBody } from '../../../src/types.ts';
import { chunksOf } from '../../../src/util/streams.ts';
import { bytesOf } from '../transport/fake.ts';
import { equal, rejects, test } from '../../harness.ts';

/** Gives these chunks, then breaks. */
function breaking(...chunks: string[]): HttpBody {
  const left = chunks.map(bytesOf);
  const read = async (): Promise<Uint8Array | undefined> => {
    if (left.length) return left.shift();
    throw new CloudError('reset', { code: 'Network', retryable: true });
  };
  return { read, bytes: async () => (await read())!, cancel: async () => {} };
}

const planOf = (body: HttpBody, length: number, asked: string[], signal?: AbortSignal): ReadPlan => ({
  info: { key: 'k', metadata: {} },
  response: { status: 200, headers: new Headers({ 'content-length': String(length) }), url: 'https://h.example/k', body, decoded: false },
  range: undefined,
  expected: () => undefined,
  mayDecode: false,
  reopen: async (start, end) => {
    asked.push(`${start}-${end}`);
    throw new CloudError('no such range', { code: 'RangeNotSatisfiable' });
  },
  again: async () => body,
  maxFullDownloadBytes: 1000,
  url: 'https://h.example/k',
  backOff: () => 0,
  signal,
});

test('a connection that breaks after the last byte ends the body: no empty range is asked for', async () => {
  const asked: string[] = [];
  const got = await openResult(planOf(breaking('abc', 'def'), 6, asked));
  let text = '';
  for await (const chunk of chunksOf(got.stream())) text += new TextDecoder().decode(chunk);
  equal([text, asked], ['abcdef', []]);
  equal((await (await openResult(planOf(breaking(), 0, asked))).bytes()).length, 0, 'of an empty object too');
  equal(asked, []);
});

test('one that breaks before it is taken up where it ended', async () => {
  const asked: string[] = [];
  const got = await openResult(planOf(breaking('abc'), 6, asked));
  const reader = got.stream().getReader();
  await reader.read();
  await rejects(reader.read(), 'RangeNotSatisfiable');
  equal(asked, ['3-6']);
});
