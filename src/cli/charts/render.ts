/**
 * Charts as files: an SVG drawn here, or a page that draws by itself. The drawing library is loaded when the first one is drawn.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { Chart } from './chart.ts';
import { loadLibrary, readLibrary } from './library.ts';

/** Draw an SVG image. */
export async function renderSvg({ option, width, height }: Chart): Promise<string> {
  const { init } = loadLibrary();
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ ...option, tooltip: { show: false } });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
const digestOf = (script: string): string => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;

const starter = `const chart = echarts.init(document.getElementById('chart'));
chart.setOption(JSON.parse(document.getElementById('option').textContent));
addEventListener('resize', () => chart.resize());`;

/** A page with the chart, what draws it, and nothing that it would load. Only these two scripts run in it. */
export async function renderHtml({ title, option, height }: Chart): Promise<string> {
  const { script: library, licences } = await readLibrary();
  const zoom = [
    { type: 'slider', xAxisIndex: 0, bottom: 12, height: 24, filterMode: 'none' },
    { type: 'inside', xAxisIndex: 0, filterMode: 'none' },
    { type: 'inside', yAxisIndex: 0, filterMode: 'none', zoomOnMouseWheel: 'shift', moveOnMouseMove: true },
  ];
  const toolbox = { right: 12, bottom: 44, feature: { dataZoom: { filterMode: 'none' }, restore: {}, saveAsImage: {} } };
  const data = JSON.stringify({ ...option, grid: { ...option.grid, bottom: 100 }, dataZoom: zoom, toolbox }).replaceAll('<', '\\u003c');
  const policy = `default-src 'none'; script-src ${digestOf(library)} ${digestOf(starter)}; style-src 'unsafe-inline'; img-src data: blob:`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>html, body { margin: 0 } #chart { width: 100vw; height: max(100vh, ${height + 60}px) }</style>
</head>
<body>
<div id="chart"></div>
<!-- Drawn by Apache ECharts and what it is made of; their licences: -->
<script type="text/plain">
${licences.replaceAll('<', '\u2039')}
</script>
<script>${library}</script>
<script type="application/json" id="option">${data}</script>
<script>${starter}</script>
</body>
</html>
`;
}
