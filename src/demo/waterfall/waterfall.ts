/**
 * The last requests as bars over time, and the same as a table.
 *
 * @module
 */
import type { ReadonlySignal } from '@preact/signals';
import { h, type ComponentChild } from 'preact';
import { baseName, count, formatBytes } from '../format.ts';
import { formatMs, marksOf, timelineOf, type Happening } from './timeline.ts';

/** In px; the style sheet's lines are as high. */
const linePx = 22;
const barPx = 10;

/** `GET read`, and of what. */
function nameOf({ request, cache }: Happening): { what: string; of: string } {
  if (cache) return { what: 'cache', of: count(cache.hits, 'read') };
  const { method, operation } = request!;
  return { what: method.toLowerCase() === operation ? method : `${method} ${operation}`, of: baseName(decode(request!.url)) };
}

const bytesOf = ({ request, cache }: Happening): number => cache?.bytes ?? request!.bytesReceived + request!.bytesSent;

function decode(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

function lookOf({ request, cache }: Happening): string {
  if (cache) return 'hit';
  // that something is not there is an answer
  if (request!.error && !(request!.method === 'HEAD' && request!.error === 'NotFound')) return 'bad';
  return request!.method === 'GET' || request!.method === 'HEAD' ? 'read' : 'write';
}

const percent = (part: number): string => `${(100 * part).toFixed(3)}%`;

/** Bars alone; who does not see them has the table. */
function Chart({ happenings }: { happenings: readonly Happening[] }): ComponentChild {
  const { bars, cuts, shownMs } = timelineOf(happenings);
  const height = bars.length * linePx + linePx;
  const bytes = bars.reduce((sum, { happening }) => sum + (happening.cache ? 0 : bytesOf(happening)), 0);
  const label = `${count(bars.length, 'request')} in ${formatMs(shownMs)}, ${formatBytes(bytes)}; the table below says the same`;
  const lines = bars.map(({ happening }) => {
    const { what, of } = nameOf(happening);
    return h('li', { key: happening.id, class: 'name', title: happening.request?.url }, h('b', null, what), ' ', of);
  });
  const ends = bars.map(({ happening }) =>
    h(
      'li',
      { key: happening.id },
      happening.cache
        ? `spared ${formatBytes(bytesOf(happening))}`
        : `${formatBytes(bytesOf(happening))}, ${formatMs(happening.endMs - happening.startMs)}`,
    ),
  );
  return h(
    'div',
    { class: 'waterfall' },
    h('ol', { 'aria-hidden': 'true' }, ...lines),
    h(
      'svg',
      { role: 'img', 'aria-label': label, width: '100%', height },
      ...marksOf(shownMs).flatMap((ms) => [
        h('line', { key: `l${ms}`, class: 'mark', x1: percent(ms / shownMs), x2: percent(ms / shownMs), y1: linePx - 4, y2: height }),
        h('text', { key: `t${ms}`, x: percent(ms / shownMs), y: linePx - 8 }, formatMs(ms)),
      ]),
      ...cuts.map(({ at, skippedMs }) =>
        h(
          'line',
          { key: `c${at}`, class: 'cut', x1: percent(at), x2: percent(at), y1: linePx - 4, y2: height },
          h('title', null, `${formatMs(skippedMs)} without a request are left out`),
        ),
      ),
      ...bars.map(({ happening, from, width }, i) => {
        const y = (i + 1) * linePx + (linePx - barPx) / 2;
        const title = h(
          'title',
          null,
          `${Object.values(nameOf(happening)).join(' ')}: ${formatBytes(bytesOf(happening))}, ${formatMs(happening.endMs - happening.startMs)}`,
        );
        // never narrower than can be seen
        return h(
          'svg',
          {
            key: happening.id,
            x: percent(Math.min(from, 0.995)),
            y,
            width: percent(Math.max(width, 0.005)),
            height: barPx,
            class: lookOf(happening),
          },
          h('rect', { width: '100%', height: barPx, rx: 2 }, title),
        );
      }),
    ),
    h('ol', { 'aria-hidden': 'true', class: 'ends' }, ...ends),
  );
}

function Table({ happenings }: { happenings: readonly Happening[] }): ComponentChild {
  const titles = ['Request', 'Of', 'Answer', 'Try', 'Sent', 'Received', 'Time'];
  const rows = [...happenings].reverse().map((it) => {
    const { what, of } = nameOf(it);
    const { request, cache } = it;
    const answer = cache
      ? `spared ${formatBytes(cache.bytes)}`
      : [request!.status, request!.error].filter((part) => part !== undefined).join(' ') || 'none';
    const end = (text: string | number): ComponentChild => h('td', { class: 'end' }, text);
    return h(
      'tr',
      { key: it.id },
      h('td', null, what),
      h('td', { class: 'name', title: request?.url }, of),
      h('td', { class: request?.error ? 'bad' : undefined }, answer),
      end(request?.attempt ?? ''),
      end(request ? formatBytes(request.bytesSent) : ''),
      end(request ? formatBytes(request.bytesReceived) : ''),
      end(request ? formatMs(request.durationMs) : ''),
    );
  });
  const head = h(
    'thead',
    null,
    h('tr', null, ...titles.map((title, i) => h('th', { key: title, scope: 'col', class: i > 2 ? 'end' : undefined }, title))),
  );
  return h(
    'div',
    { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Requests, the last first' },
    h('table', null, head, h('tbody', null, ...rows)),
  );
}

/** Both. */
export function Waterfall({ happenings }: { happenings: ReadonlySignal<readonly Happening[]> }): ComponentChild {
  const all = happenings.value;
  if (all.length === 0) return h('p', { class: 'note' }, 'No requests yet.');
  return h(
    'div',
    null,
    h(
      'div',
      { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'When requests were made' },
      h(Chart, { happenings: all.slice(-30) }),
    ),
    h(
      'p',
      { class: 'note keys' },
      h('i', { class: 'read' }),
      ' reads ',
      h('i', { class: 'write' }),
      ' writes ',
      h('i', { class: 'bad' }),
      ' failed ',
      h('i', { class: 'hit' }),
      ' answered by the cache, as the page came to see it',
    ),
    h('details', null, h('summary', null, `The last ${count(all.length, 'request')} as a table`), h(Table, { happenings: all })),
  );
}
