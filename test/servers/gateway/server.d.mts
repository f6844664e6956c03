/** See server.mjs. */
export interface GatewayStats {
  requests: number;
  preflights: number;
  refused: number;
  connections: number;
  bytesReceived: number;
  bytesSent: number;
  byOperation: Record<string, number>;
  buckets: number;
  objects: number;
}

export interface Gateway {
  endpoint: string;
  port: number;
  stats(): GatewayStats;
  close(): Promise<void>;
}

export interface GatewayOptions {
  accounts: { accessKeyId: string; secretAccessKey: string; sessionToken?: string; expiresAt?: number }[];
  port?: number;
  host?: string;
  region?: string;
  cors?: boolean;
  buckets?: string[];
  anonymousRead?: boolean;
  minPartBytes?: number;
  clock?: () => number;
}

export function startGateway(options: GatewayOptions): Promise<Gateway>;
