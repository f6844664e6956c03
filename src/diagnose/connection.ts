/**
 * Whether the service answers at all: name, port, TLS. One unsigned request, which also tells the server's clock and the bucket's region.
 *
 * @module
 */
import { isCloudError, type CloudError } from '../errors.ts';
import type { AbortOptions, HttpHeaders, HttpMethod } from '../types.ts';
import { throwIfAborted } from '../util/abort.ts';
import type { Wire } from '../store/wire.ts';
import type { DiagnosisCheck } from './types.ts';

/** What one bare request came to. */
export interface Answer {
  status: number;
  headers: HttpHeaders;
}

/** Ask once, as it is: nothing is signed, retried or followed. Rejects with the port's CloudError. */
export async function ask(
  wire: Wire,
  request: { method: string; url: string; headers?: Record<string, string> },
  { signal }: AbortOptions,
): Promise<Answer> {
  const { url, headers = {} } = request;
  const timeouts = wire.context.options.timeouts;
  // OPTIONS is no method of stores, and every port sends it
  const method = request.method as HttpMethod;
  const response = await wire.port(
    { method, url, headers },
    { signal, headersMs: timeouts?.headersMs ?? 15_000, idleMs: timeouts?.idleMs ?? 15_000, redirect: 'manual' },
  );
  await response.body.cancel();
  return { status: response.status, headers: response.headers };
}

interface Words {
  what: string;
  fix: string;
}

/** What a failed connection was. */
export function explainConnection(error: CloudError, url: string): Words {
  const { host, hostname, protocol } = new URL(url);
  const { code } = (error.cause ?? {}) as { code?: unknown };
  const reason = typeof code === 'string' ? code : '';
  const where = 'Look at the endpoint (--endpoint, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, STORAGE_EMULATOR_HOST)';
  if (error.code === 'Timeout')
    return { what: `${host} does not answer in time`, fix: `${where}, and whether a firewall or a VPN stands in between.` };
  if (/ENOTFOUND|EAI_|NXDOMAIN/.test(reason))
    return {
      what: `no machine is called ${hostname}`,
      fix: `${where} and at the region in it; without an endpoint, at the name of the bucket.`,
    };
  if (/REFUSED/.test(reason)) return { what: `nothing listens at ${host}`, fix: `Start the service, or mend the port. ${where}.` };
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(reason)) {
    return {
      what: `the certificate of ${host} is not accepted (${reason})`,
      fix: 'For an authority of your own, name its certificate in NODE_EXTRA_CA_CERTS; else the host is another one than the certificate is for.',
    };
  }
  if (protocol === 'https:' && /SSL|EPROTO|TLS/.test(reason))
    return { what: `${host} does not speak TLS (${reason})`, fix: `Write http:// in front of the host, or mend the port.` };
  if (/ECONNRESET|SOCKET|HPE_|INVALID/.test(reason)) {
    const other = protocol === 'http:' ? 'It may want https://.' : 'It may want http://.';
    return { what: `${host} closes the connection (${reason})`, fix: `${other} ${where}.` };
  }
  return { what: `${host} cannot be reached${reason ? ` (${reason})` : ''}`, fix: `${where}.` };
}

/** The clock's check, from an answer that came from the server itself. */
function clockCheck(headers: HttpHeaders, now: number): DiagnosisCheck {
  const date = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(date) || headers.get('age') != null) return { name: 'clock', ok: null, what: 'the server does not show its time' };
  const seconds = Math.round((now - date) / 1000);
  const off = Math.abs(seconds);
  if (off <= 60) return { name: 'clock', ok: true, what: 'agrees with the server’s' };
  const spoken =
    off < 7200 ? `${Math.round(off / 60)} min` : off < 172_800 ? `${Math.round(off / 3600)} h` : `${Math.round(off / 86_400)} days`;
  const what = `this machine’s clock is ${spoken} ${seconds > 0 ? 'ahead of' : 'behind'} the server’s`;
  if (off < 900) return { name: 'clock', ok: true, what: `${what}; up to 15 min are allowed` };
  return {
    name: 'clock',
    ok: false,
    what,
    fix: 'Set the clock (timedatectl set-ntp true). anyfile learns the difference from a refusal; other programs, and signed URLs, fail.',
  };
}

/** Look at the connection. `answer` is absent where there was none that may be read. */
export async function checkConnection(
  wire: Wire,
  url: string,
  options: AbortOptions,
): Promise<{ checks: DiagnosisCheck[]; reached: boolean; answer?: Answer }> {
  const { origin } = new URL(url);
  try {
    const answer = await ask(wire, { method: 'HEAD', url }, options);
    const server = answer.headers.get('server')?.slice(0, 60);
    const checks: DiagnosisCheck[] = [
      { name: 'connection', ok: true, what: `${origin} answers${server ? ` (${server.replace(/[^ -~]/g, '')})` : ''}` },
      clockCheck(answer.headers, wire.context.clock()),
    ];
    return { checks, reached: true, answer };
  } catch (error) {
    throwIfAborted(options.signal);
    if (!isCloudError(error)) throw error;
    // in a page: it is there, and what it says to a request without a signature may not be read
    if (error.code === 'CorsOrNetwork' || error.code === 'Redirected')
      return { checks: [{ name: 'connection', ok: true, what: `${origin} answers` }], reached: true };
    return { checks: [{ name: 'connection', ok: false, ...explainConnection(error, url) }], reached: false };
  }
}
