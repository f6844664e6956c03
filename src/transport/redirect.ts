/**
 * Which redirects are followed, and with which headers. Only reads that carry no signature: whoever signs decides by itself.
 *
 * @module
 */
import type { HttpRequest, HttpResponse } from '../types.ts';
import { requestError } from '../util/request-error.ts';

const maxHops = 5;
/** What another origin may see. */
const harmless = /^(range|if-.*)$/;

/**
 * The request that a redirect asks for; undefined when the response is none.
 *
 * @param hops redirects followed so far
 * @throws CloudError `Redirected` after five hops, for anything but GET and HEAD, from https to http, and to no web address
 */
export function followRedirect(request: HttpRequest, response: HttpResponse, hops: number): HttpRequest | undefined {
  const { method, url } = request;
  const location = response.headers.get('location');
  if (!location || !/^30[12378]$/.test(String(response.status))) return undefined;
  const refuse = (why: string): never => {
    throw requestError(request, `is redirected ${why}`, { code: 'Redirected', status: response.status });
  };
  if (method !== 'GET' && method !== 'HEAD') return refuse('and is no read');
  if (hops >= maxHops) return refuse(`more than ${maxHops} times`);
  let target: URL;
  try {
    target = new URL(location, url);
  } catch {
    return refuse('to no address');
  }
  const from = new URL(url);
  if (!/^https?:$/.test(target.protocol) || target.username || target.password) return refuse('to no web address');
  if (from.protocol === 'https:' && target.protocol === 'http:') return refuse('from https to http');
  target.hash = '';
  const kept = Object.entries(request.headers).filter(([name]) => target.origin === from.origin || harmless.test(name));
  return { method, url: target.href, headers: Object.fromEntries(kept) };
}

/** Options of a request that follow redirects: for unsigned reads. A page follows by itself, it cannot see where. */
export const following: { redirect: typeof followRedirect; follow: true } = { redirect: followRedirect, follow: true };
