/**
 * A tab, or a worker of one, that uses a cache until it dies; and who opens, reloads and closes tabs and listens to them.
 *
 * @module
 */
import type { CacheTrouble } from '../../src/cache/container/container.ts';
import { openIndexedDbContainer } from '../../src/cache/container/indexeddb-container.ts';
import { createTieredContainer } from '../../src/cache/container/tiered-container.ts';
import { churn, type Seen } from './cache-churn.ts';

/** What a tab is told. */
export interface TabOrder {
  /** Database, and part of the channel's name. */
  name: string;
  id: number;
  budgetBytes: number;
}

/** What a tab tells, four times a second. */
export interface TabNews extends Seen {
  id: number;
  /** Which life of it: each reload is another. */
  life: string;
  /** And after how many operations they came. */
  troubles: (CacheTrouble & { after: number })[];
  /** What it could not go on after. */
  error?: string;
}

const EVERY_MS = 250;
const channelOf = (name: string): BroadcastChannel => new BroadcastChannel(`tabs:${name}`);

/** Be a tab or a worker: open the cache, use it, and tell of it. */
export async function beTab(order: TabOrder): Promise<void> {
  const { name, id, budgetBytes } = order;
  const channel = channelOf(name);
  const news: TabNews = { id, life: crypto.randomUUID(), operations: 0, hits: 0, wrong: 0, troubles: [] };
  const tell = (): void => channel.postMessage(news);
  channel.onmessage = ({ data }: MessageEvent<{ to?: number; do?: string }>) => {
    if (data.to !== id || typeof document === 'undefined') return;
    if (data.do === 'reload') location.reload();
    else if (data.do === 'close') close();
  };
  setInterval(tell, EVERY_MS);
  try {
    const back = await openIndexedDbContainer({
      name,
      budgetBytes,
      onTrouble: (trouble) => void news.troubles.push({ ...trouble, after: news.operations }),
    });
    if (!back) throw new Error('no container');
    // A memory that is soon full: what lies behind is what is tried.
    const container = createTieredContainer(back, { memoryBytes: budgetBytes / 8, channel: `anyfile:${name}` });
    await churn(container, news, () => true);
  } catch (error) {
    news.error = String(error);
    tell();
  }
}

/** How tabs are opened, reloaded and closed. */
export interface TabHost {
  open(id: number): void;
  /** Through the channel when it is absent. */
  reload?(id: number): void;
  close?(id: number): void;
}

/** What all of them saw. */
export interface TabReport extends Seen {
  lives: number;
  reloads: number;
  closes: number;
  errors: string[];
  /** By code, name, and whether the tab did much afterwards or was on its way out. */
  troubles: Record<string, number>;
  /** Tabs and workers that were open to the end and did nothing in the last seconds. */
  stuck: number;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Open tabs, reload and close them at random until the time is over, then see whether those that are left still work. */
export async function hostTabs(name: string, tabs: number, ms: number, host: TabHost): Promise<TabReport> {
  const lives = new Map<string, TabNews & { since: number; moved: number }>();
  const report = { reloads: 0, closes: 0 };
  const channel = channelOf(name);
  channel.onmessage = ({ data }: MessageEvent<Partial<TabNews>>) => {
    if (typeof data.life !== 'string') return;
    const news = data as TabNews;
    const before = lives.get(news.life);
    const now = performance.now();
    lives.set(news.life, { ...news, since: before?.since ?? now, moved: before?.operations === news.operations ? before.moved : now });
  };
  const order = (to: number, what: 'reload' | 'close'): void => {
    const direct = host[what];
    if (direct) direct(to);
    else channel.postMessage({ to, do: what });
  };
  for (let id = 0; id < tabs; id++) host.open(id);
  const end = performance.now() + ms;
  while (performance.now() < end) {
    await wait(100 + Math.random() * 900);
    const id = Math.floor(Math.random() * tabs);
    if (Math.random() < 0.6) {
      report.reloads++;
      order(id, 'reload');
    } else {
      report.closes++;
      order(id, 'close');
      await wait(Math.random() * 300);
      host.open(id);
    }
  }
  // Whoever is alive now has time to show it.
  await wait(1000);
  const from = performance.now();
  await wait(4000);
  const all = [...lives.values()];
  const heard = all.filter(({ since }) => since < from);
  const ids = new Set(all.filter(({ moved }) => moved > from).map(({ id }) => id % tabs));
  for (let id = 0; id < tabs; id++) order(id, 'close');
  await wait(300);
  channel.close();
  const troubles: Record<string, number> = {};
  for (const { troubles: some, operations } of all) {
    for (const { code, name: n, after } of some) {
      const what = `${code} ${n} ${operations > after + 16 ? 'living' : 'dying'}`;
      troubles[what] = (troubles[what] ?? 0) + 1;
    }
  }
  const sum = (field: keyof Seen): number => all.reduce((total, one) => total + one[field], 0);
  return {
    ...report,
    lives: heard.length,
    operations: sum('operations'),
    hits: sum('hits'),
    wrong: sum('wrong'),
    errors: all.flatMap(({ error }) => error ?? []),
    troubles,
    stuck: tabs - ids.size,
  };
}
