/**
 * An upload in parts that a worker makes.
 *
 * @module
 */
import { runtime } from '#platform';
import { CloudError } from '../errors.ts';
import { ownBytes } from '../rpc/own-bytes.ts';
import type { AbortOptions, MultipartOptions, MultipartUpload } from '../types.ts';
import type { Place, UploadCalls } from './messages.ts';
import { postOptions } from './posted-options.ts';
import type { RemoteContext } from './remote-call.ts';

/** Begin one, or take one up again. */
export async function remoteMultipart(
  its: RemoteContext,
  place: Place,
  key: string,
  options: MultipartOptions = {},
): Promise<MultipartUpload> {
  const { signal } = options;
  const number = its.nextId();
  let isOver = false;
  let settled = (): void => {};
  function end(): void {
    if (!isOver) its.release(number);
    isOver = true;
    settled();
  }
  async function ask<Name extends keyof UploadCalls>(
    name: Name,
    args: UploadCalls[Name][0],
    asked: AbortOptions = {},
    transfer: ArrayBuffer[] = [],
  ): Promise<UploadCalls[Name][1]> {
    if (isOver) throw new CloudError('this upload was completed or aborted', { code: 'InvalidArgument', operation: name, key });
    const answer = await its.call('upload', { id: number, name, args, options: postOptions(asked) }, { signal: asked.signal, transfer });
    return answer as UploadCalls[Name][1];
  }
  let begun: Pick<MultipartUpload, 'key' | 'id' | 'inOrder'>;
  try {
    begun = await its.call('multipart', { id: number, place, key, options: postOptions(options) }, { signal });
  } catch (error) {
    end();
    throw error;
  }
  const upload: MultipartUpload = {
    ...begun,
    listParts: (asked) => ask('listParts', [], asked),
    async sendPart(part, bytes, { blob, ...asked } = {}) {
      const own = ownBytes(bytes);
      return ask('sendPart', [part, own, runtime() === 'browser' ? blob : undefined], asked, own === bytes ? [] : [own.buffer]);
    },
    async complete(asked) {
      const put = await ask('complete', [], asked);
      end();
      return put;
    },
    async abort(asked) {
      if (isOver) return;
      await ask('abort', [], asked);
      end();
    },
  };
  settled = its.releaseWith(upload, number);
  return upload;
}
