/**
 * The types that every room shares. Types only, no code.
 *
 * @module
 */
export type * from './types/address.ts';
export type * from './types/basic.ts';
export type * from './types/cache.ts';
export type * from './types/credentials.ts';
export type * from './types/http.ts';
export type * from './types/store.ts';
export type * from './types/uploads.ts';
