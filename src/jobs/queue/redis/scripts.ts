/**
 * What Redis does for a job in one step, in Lua.
 *
 * @module
 */
import type { Tried } from '../backend.ts';

/** A failure as it is kept. */
export interface Kept extends Tried {
  readonly error: string;
}

/** Reads one. */
export function parseKept(text: string): Kept {
  const { attempts, final, error } = JSON.parse(text) as { attempts: number; final: boolean; error: string };
  return { attempts, isFinal: final, error };
}

/**
 * Note outcomes. Keys: job, bits of files that are done, failures. Arguments: which job it is, numbers of files that are done and failures `[number, error, may be retried]`, both as JSON. Gives how many files became done.
 */
export const NOTE = `
if redis.call('HGET', KEYS[1], 'made') ~= ARGV[1] then return 0 end
local changed = 0
local function dead(id)
  local text = redis.call('HGET', KEYS[3], id)
  return text and cjson.decode(text).final
end
for _, id in ipairs(cjson.decode(ARGV[2])) do
  if redis.call('SETBIT', KEYS[2], id, 1) == 0 then
    changed = changed + 1
    if dead(id) then redis.call('HINCRBY', KEYS[1], 'failed', -1) end
    redis.call('HDEL', KEYS[3], id)
  end
end
if changed > 0 then redis.call('HINCRBY', KEYS[1], 'finished', changed) end
for _, failure in ipairs(cjson.decode(ARGV[3])) do
  local id = failure[1]
  if redis.call('GETBIT', KEYS[2], id) == 0 then
    local text = redis.call('HGET', KEYS[3], id)
    local old = text and cjson.decode(text) or { attempts = 0, final = false }
    local final = not failure[3]
    if final ~= old.final then redis.call('HINCRBY', KEYS[1], 'failed', final and 1 or -1) end
    redis.call('HSET', KEYS[3], id, cjson.encode({ attempts = old.attempts + 1, final = final, error = failure[2] }))
  end
end
return changed`;

/** Let a page of failures be tried again. Keys: job, failures. Arguments: numbers as JSON. Gives those that had been given up, as JSON. */
export const RETRY = `
local revived = {}
for _, id in ipairs(cjson.decode(ARGV[1])) do
  local text = redis.call('HGET', KEYS[2], id)
  local failure = text and cjson.decode(text)
  if failure and failure.final then
    failure.final, failure.attempts = false, 0
    redis.call('HSET', KEYS[2], id, cjson.encode(failure))
    redis.call('HINCRBY', KEYS[1], 'failed', -1)
    table.insert(revived, id)
  end
end
return revived`;
