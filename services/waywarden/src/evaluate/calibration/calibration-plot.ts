/**
 * The plot of a calibration: nominal against observed shares, both logarithmic, a small panel for each feature, since
 * more than a handful of lines in one are no longer told apart. On the diagonal a feature comes as rarely as it says;
 * in the shaded half above it more often; below, it is cautious. Bars are the 95 % intervals. Plain SVG, so that it
 * stands in the documentation and can be compared panel by panel.
 */
import { ALL, type CalibrationReport, type CalibrationRow } from './calibration-report.ts';

const COLUMNS = 4;
const PANEL = { width: 216, height: 196, left: 44, top: 30, right: 10, bottom: 26 } as const;
const PAGE = { left: 22, top: 52, bottom: 34 } as const;
/** Least share that is drawn: less, or nothing at all, stands on the lower edge. */
const LEAST = 1e-4;
/** Largest: the nominal shares end at one in ten. */
const MOST = 0.3;
const LINES = [1e-4, 1e-3, 1e-2, 1e-1] as const;
/** Told apart also by who sees few colours (Okabe, Ito 2008). */
const COLOURS = { day: '#0072b2', call: '#d55e00' } as const;

const round = (value: number) => Number(value.toFixed(1));
const along = (share: number) =>
  Math.log(Math.min(MOST, Math.max(share, LEAST)) / LEAST) / Math.log(MOST / LEAST);
const x = (share: number) =>
  round(PANEL.left + along(share) * (PANEL.width - PANEL.left - PANEL.right));
const y = (share: number) =>
  round(PANEL.height - PANEL.bottom - along(share) * (PANEL.height - PANEL.top - PANEL.bottom));
const percent = (share: number) => `${Number((share * 100).toPrecision(2))}`;

function axes(): string[] {
  const lines = LINES.flatMap((at) => [
    `<path class="grid" d="M${x(at)} ${y(MOST)}V${y(LEAST)}M${x(LEAST)} ${y(at)}H${x(MOST)}"/>`,
    `<text x="${x(at)}" y="${y(LEAST) + 13}" text-anchor="middle">${percent(at)}</text>`,
    `<text x="${x(LEAST) - 5}" y="${y(at) + 3}" text-anchor="end">${percent(at)}</text>`,
  ]);
  const [low, high] = [`${x(LEAST)} ${y(LEAST)}`, `${x(MOST)} ${y(MOST)}`];
  return [
    `<path class="often" d="M${low}V${y(MOST)}H${x(MOST)}Z"/>`,
    ...lines,
    `<path class="even" d="M${low}L${high}"/>`,
  ];
}

/** Days and calls of one feature a little apart, so that bars of one nominal share don't hide each other. */
function curve({ observed, per }: CalibrationRow): string[] {
  const colour = COLOURS[per ?? 'day'];
  const beside = (nominal: number) => round(x(nominal) + (per === 'call' ? 1.5 : -1.5));
  const points = observed.map(({ nominal, came }) => ({ at: beside(nominal), ...came }));
  const path = points.map(({ at, share }) => `${at} ${y(share ?? 0)}`).join('L');
  const bars = points.map(({ at, interval }) => `M${at} ${y(interval.low)}V${y(interval.high)}`);
  return [
    `<path stroke="${colour}" stroke-width="1.5" d="M${path}"/>`,
    `<path stroke="${colour}" stroke-opacity=".5" stroke-width="1.5" d="${bars.join('')}"/>`,
    ...points.map(
      ({ at, share }) => `<circle fill="${colour}" cx="${at}" cy="${y(share ?? 0)}" r="2.4"/>`,
    ),
  ];
}

/** On one line, so that a change of one feature is a change of one line. */
function panel(rows: readonly CalibrationRow[], n: number): string {
  const [first] = rows;
  const across = PAGE.left + (n % COLUMNS) * PANEL.width;
  const down = PAGE.top + Math.floor(n / COLUMNS) * PANEL.height;
  const judged = rows.filter(({ per }) => per !== null);
  const said = judged.map(
    ({ per, judged: all }) =>
      `<tspan fill="${COLOURS[per ?? 'day']}">${all.toLocaleString('en')} ${per === 'day' ? 'days' : 'calls'}</tspan>`,
  );
  const nothing =
    '<text class="none" text-anchor="middle" x="125" y="100">no probability is claimed</text>';
  return [
    `<g transform="translate(${across} ${down})">`,
    `<text class="name" x="${PANEL.left}" y="11">${first?.feature.replaceAll('_', ' ') ?? ''}</text>`,
    `<text x="${PANEL.left}" y="24">${said.join(', ')}</text>`,
    ...(judged.length === 0 ? [nothing] : [...axes(), ...judged.flatMap(curve)]),
    '</g>',
  ].join('');
}

function key(): string {
  const part = (colour: string, words: string) => `<tspan fill="${colour}">● ${words}</tspan>`;
  return `<text class="key" x="${PAGE.left + PANEL.left}" y="20">${part(COLOURS.day, 'of agent-days')}  ${part(COLOURS.call, 'of calls')}  – – as often as it says;  shaded: more often;  bars: 95 %</text>`;
}

export function calibrationPlot({ rows }: CalibrationReport): string {
  const all = rows.filter((row) => row.class === ALL);
  const features = [...new Set(all.map(({ feature }) => feature))].sort();
  const width = PAGE.left + COLUMNS * PANEL.width;
  const down = PAGE.top + Math.ceil(features.length / COLUMNS) * PANEL.height;
  const height = down + PAGE.bottom;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    '<title>How often benign days and calls bring what should come on so many of them</title>',
    '<style>text{font:10px sans-serif;fill:#333}.name{font:bold 12px sans-serif}.key,.axis{font-size:12px}path{fill:none}.grid{stroke:#e2e2e2}.even{stroke:#888;stroke-dasharray:5 4}.often{fill:#fbeee6}.none{fill:#777}</style>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    key(),
    ...features.flatMap((feature, n) =>
      panel(
        all.filter((row) => row.feature === feature),
        n,
      ),
    ),
    `<text class="axis" text-anchor="middle" x="${width / 2}" y="${height - 12}">should bring as much, in percent (nominal)</text>`,
    `<text class="axis" text-anchor="middle" transform="translate(16 ${down / 2}) rotate(-90)">did, in percent (observed)</text>`,
    '</svg>',
    '',
  ].join('\n');
}
