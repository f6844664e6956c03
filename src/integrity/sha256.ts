/**
 * SHA-256 in plain JavaScript, in pieces.
 *
 * @module
 */
import { compress, START } from '../util/sha256.ts';
import { blockEngine } from './block-hash.ts';
import type { Engine } from './running.ts';

/** SHA-256 in plain JavaScript. */
export const plainSha256: Engine = /* @__PURE__ */ blockEngine({ start: START, take: compress, littleEndian: false });
