/**
 * Whether what two stores tell of an object may be one object, seen by two ways. Whoever would remove one of them must know that it is not.
 *
 * @module
 */
import type { ObjectInfo } from '../types.ts';

/** What tells objects apart where no generation does. A proxy may leave some of it out, and weaken ETags; headers tell whole seconds. */
const facts: readonly ((info: ObjectInfo) => unknown)[] = [
  // what is encoded may be decoded by one of the ways
  ({ sizeBytes, contentEncoding }) => (Number.isFinite(sizeBytes) && !contentEncoding ? sizeBytes : undefined),
  ({ versionId }) => versionId,
  ({ lastModified }) => lastModified && Math.floor(lastModified.getTime() / 1000),
];

const etagOf = ({ etag }: ObjectInfo): string | undefined => etag?.replace(/^W\//i, '');

/**
 * Whether nothing that both tell says that these are two objects.
 *
 * @param alike both are of one kind of service, whose ETags can be compared
 */
export function mayBeOne(one: ObjectInfo, other: ObjectInfo, alike: boolean): boolean {
  if (one.generation && other.generation) return one.generation === other.generation;
  return (alike ? [...facts, etagOf] : facts).every((fact) => {
    const [a, b] = [fact(one), fact(other)];
    return a === undefined || b === undefined || a === b;
  });
}
