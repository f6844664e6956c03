/**
 * Addresses as a service worker asks for them: signed with the mount's key of the day, or by the app's own server.
 *
 * @module
 */
import { CloudError, isCloudError, type ErrorCode } from '../errors.ts';
import type { RemoteSigner } from '../types.ts';
import { encodeKey } from '../url/key.ts';
import type { MountDriver, SignerDriver } from './drivers.ts';
import type { MountTable } from './mount-table.ts';
import type { MountRecord } from './types.ts';

/** An object's address. */
export interface SignedAddress {
  readonly url: string;
  /** Without a signature. */
  readonly bare: string;
}

/** Signs for one object of a mount. Rejects with a CloudError that has the `status` to answer with, and with `signal.reason`. */
export type SignAddress = (id: string, key: string, method: 'GET' | 'HEAD', signal: AbortSignal) => Promise<SignedAddress>;

/** What pages are told of a signer's errors: its own words are not repeated. */
const told: Partial<Record<ErrorCode, readonly [status: number, message: string]>> = {
  InvalidArgument: [400, 'the signer takes this for no object'],
  Unauthenticated: [401, 'nobody is logged in with the signer, or no page tells who'],
  PermissionDenied: [403, 'the signer refuses'],
  Throttled: [503, 'the signer is asked too often'],
  Network: [502, 'the signer could not be reached'],
  Timeout: [502, 'the signer did not answer in time'],
  ServerError: [502, 'the signer failed'],
};

function toldOf(error: CloudError): CloudError {
  const code = Object.hasOwn(told, error.code) ? error.code : 'InvalidResponse';
  const [status, message] = told[code] ?? [502, 'the signer answered something else'];
  return new CloudError(message, { code, status });
}

/** Signs for the mounts of a table, as they are at this time: a day may have ended since the last window. */
export function createSigning(mounts: MountTable, drivers: readonly (MountDriver | SignerDriver)[]): SignAddress {
  // with a mount that is closed or asked for anew goes what its signer gave
  const signers = new WeakMap<MountRecord, RemoteSigner>();

  function signerOf(id: string, mount: MountRecord, driver: SignerDriver): RemoteSigner {
    const there = signers.get(mount);
    if (there) return there;
    const { hasLogin, ...options } = mount.signer!;
    const login = async (): Promise<Record<string, string>> => {
      const headers = await mounts.login(id);
      if (!headers) throw new CloudError('no page tells of the login', { code: 'Unauthenticated' });
      return headers;
    };
    const signer = driver.connect({ ...options, headers: hasLogin ? login : undefined });
    signers.set(mount, signer);
    return signer;
  }

  return async (id, key, method, signal) => {
    const mount = await mounts.find(id);
    if (!mount) throw new CloudError('no page tells of this mount, or it is closed', { code: 'Unauthenticated', status: 401 });
    const protocol = mount.signer ? 'signer' : mount.protocol;
    const driver = drivers.find((one) => one.protocol === protocol);
    if (!driver) throw new CloudError(`this worker has no driver for ${protocol}`, { code: 'NotSupported', status: 501 });
    const bare = `${mount.root}/${encodeKey(mount.prefix + key)}`;
    if (driver.protocol === 'signer') {
      try {
        return { url: (await signerOf(id, mount, driver).sign({ method, url: bare, headers: {}, signal })).url, bare };
      } catch (error) {
        throw isCloudError(error) ? toldOf(error) : error;
      }
    }
    // the key is of one day, which may end just now
    const date = new Date(Math.min(Date.now(), mount.expiresAt - 1));
    return { url: mount.signing ? await driver.sign(method, bare, mount.signing, date) : bare, bare };
  };
}
