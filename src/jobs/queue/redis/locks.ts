/**
 * Locks of ranges, whose tokens begin with the name of who took them.
 *
 * @module
 */
import type { ProcessMark, Processes } from '../../../platform/types.ts';
import type { BullQueue, RedisClient } from './bull.ts';

/** Where the locks of a job are. */
export interface Locks {
  readonly redis: RedisClient;
  readonly queue: BullQueue;
  /** Key of the files without an outcome, by ranges. */
  readonly open: string;
  /** Key of the processes, by the names that their tokens begin with. */
  readonly holders: string;
}

/** Does what needs the job's lock. @returns `false`: the lock is another one's, or the job is gone */
export async function letGo(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (/lock|Missing key|not in the active state|is not in/i.test(String(error))) return false;
    throw error;
  }
}

/** Put back what processes of this machine left that have ended, before their locks do. @returns whether there was any */
export async function putBackDead({ redis, queue, open, holders }: Locks, { hasEnded }: Processes): Promise<boolean> {
  const dead = new Set<string>();
  for (const [who, mark] of Object.entries(await redis.hgetall(holders))) if (hasEnded(JSON.parse(mark) as ProcessMark)) dead.add(who);
  if (!dead.size) return false;
  let found = false;
  for (const job of await queue.getActive()) {
    const token = await redis.get(`${queue.toKey(job.id)}:lock`);
    // by this very token: who has taken it since has another one
    if (token === null || !dead.has(token.split('.')[0] ?? '') || !(await letGo(() => job.moveToWait(token)))) continue;
    await redis.hdel(open, job.id);
    found = true;
  }
  return found;
}
