/** What cloudpathlib 0.24.0 was seen to do, by the name of the observation. */
import table from './cloudpath/behaviours.json' with { type: 'json' };

interface Observation {
  id: string;
  result?: unknown;
  error?: string;
  bases?: string[];
}

const observations = new Map((table.observations as Observation[]).map((one) => [one.id, one]));

/** One observation; throws for a name that is none. */
export function seen(id: string): Observation {
  const found = observations.get(id);
  if (!found) throw new Error(`no observation '${id}'`);
  return found;
}

/** The result of an observation. */
export const result = (id: string): unknown => seen(id).result;

/** Names that begin so. */
export const idsOf = (prefix: string): string[] => [...observations.keys()].filter((id) => id.startsWith(prefix));

/** Names of the errors that differ: built-in ones of Python, and one that is called otherwise here. */
const ours: Record<string, string> = {
  InvalidConfigurationException: 'InvalidConfigurationError',
};

/** Whether an error is the one that was seen. */
export const isSeenError =
  (id: string) =>
  (error: unknown): boolean => {
    const { error: name = '' } = seen(id);
    return error instanceof Error && error.name === (ours[name] ?? name);
  };
