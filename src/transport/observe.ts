/**
 * What can be seen of requests from outside. Nothing in it is secret.
 *
 * @module
 */
import { redactUrl, type ErrorCode } from '../errors.ts';
import type { HttpRequest } from '../types.ts';

/** One attempt, told when its body was read, given up or failed. */
export interface RequestEvent {
  method: string;
  /** Without a query. */
  url: string;
  operation: string;
  /** 1 for the first. */
  attempt: number;
  /** Absent when there was no answer. */
  status?: number | undefined;
  /** Why the attempt failed; absent when it did not. */
  error?: ErrorCode | undefined;
  /** From the slot to the last byte. */
  durationMs: number;
  bytesSent: number;
  bytesReceived: number;
}

/** What the transport tells at the end of an attempt. The request is the unsigned one, its URL as it is. */
export type Observe = (request: HttpRequest, outcome: Omit<RequestEvent, 'method' | 'url'>) => void;

/** Counters over all attempts. */
export interface TransportStats {
  /** Attempts, retries included. */
  requests: number;
  retries: number;
  bytesSent: number;
  bytesReceived: number;
}

/**
 * Counts attempts, and tells of each.
 *
 * @param onRequest what it throws is its own business and fails no request
 */
export function createObserver(onRequest?: (event: RequestEvent) => void): { observe: Observe; stats: () => TransportStats } {
  const stats: TransportStats = { requests: 0, retries: 0, bytesSent: 0, bytesReceived: 0 };
  return {
    observe({ method, url }, outcome) {
      stats.requests++;
      if (outcome.attempt > 1) stats.retries++;
      stats.bytesSent += outcome.bytesSent;
      stats.bytesReceived += outcome.bytesReceived;
      try {
        onRequest?.({ method, url: redactUrl(url), ...outcome });
      } catch {
        // see above
      }
    },
    stats: () => ({ ...stats }),
  };
}
