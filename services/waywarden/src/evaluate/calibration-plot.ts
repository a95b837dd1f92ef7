/**
 * The plot of a calibration: nominal against observed shares of days, both logarithmic, a line a facet.
 * On the diagonal a facet comes as rarely as it says; above it more often; below, it is cautious. Bars are the
 * 95 % intervals. Plain SVG, so that it stands in the documentation and can be compared line by line.
 */
import type { CalibrationReport } from './evaluate-calibration.ts';

const SIZE = { width: 720, height: 480, left: 70, top: 30, right: 190, bottom: 60 } as const;
/** Least share that is drawn: less, or nothing at all, stands on the lower edge. */
const LEAST = 1e-4;
const DECADES = [1e-4, 1e-3, 1e-2, 1e-1, 1] as const;
/** Told apart also by who sees few colours (Okabe, Ito 2008). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];

const along = (share: number) => (Math.log10(Math.max(share, LEAST)) + 4) / 4;
const x = (share: number) =>
  Number((SIZE.left + along(share) * (SIZE.width - SIZE.left - SIZE.right)).toFixed(1));
const y = (share: number) =>
  Number(
    (SIZE.height - SIZE.bottom - along(share) * (SIZE.height - SIZE.top - SIZE.bottom)).toFixed(1),
  );
const percent = (share: number) => `${Number((share * 100).toPrecision(2))} %`;

function axes(): string[] {
  const lines = DECADES.flatMap((at) => [
    `<path class="grid" d="M${x(at)} ${y(1)}V${y(LEAST)}M${x(LEAST)} ${y(at)}H${x(1)}"/>`,
    `<text x="${x(at)}" y="${y(LEAST) + 18}" text-anchor="middle">${percent(at)}</text>`,
    `<text x="${x(LEAST) - 8}" y="${y(at) + 4}" text-anchor="end">${percent(at)}</text>`,
  ]);
  const middle = (y(LEAST) + y(1)) / 2;
  return [
    ...lines,
    `<path class="even" d="M${x(LEAST)} ${y(LEAST)}L${x(1)} ${y(1)}"/>`,
    `<text x="${(x(LEAST) + x(1)) / 2}" y="${SIZE.height - 14}" text-anchor="middle">days that should bring as much (nominal)</text>`,
    `<text transform="translate(16 ${middle}) rotate(-90)" text-anchor="middle">benign days that did (observed)</text>`,
  ];
}

function line(row: CalibrationReport['rows'][number], at: number): string[] {
  const colour = COLOURS[at % COLOURS.length] ?? '';
  // A little apart, so that bars of one nominal share don't hide each other.
  const beside = (nominal: number) => x(nominal) + (at - 3) * 2.5;
  const points = row.observed.map(({ nominal, days }) => ({ nominal, days, of: days.share ?? 0 }));
  const path = points.map((one) => `${beside(one.nominal)} ${y(one.of)}`).join('L');
  const bars = points.map(
    ({ nominal, days: { interval } }) =>
      `M${beside(nominal)} ${y(interval.low)}V${y(interval.high)}`,
  );
  const legend = SIZE.top + 20 + at * 22;
  const side = SIZE.width - SIZE.right + 24;
  return [
    `<path stroke="${colour}" d="M${path}"/>`,
    `<path stroke="${colour}" stroke-opacity=".45" d="${bars.join('')}"/>`,
    ...points.map(
      ({ nominal, of }) => `<circle fill="${colour}" cx="${beside(nominal)}" cy="${y(of)}" r="3"/>`,
    ),
    `<path stroke="${colour}" stroke-width="3" d="M${side} ${legend - 4}h18"/>`,
    `<text x="${side + 26}" y="${legend}">${row.facet} (${row.agent_days})</text>`,
  ];
}

export function calibrationPlot({ rows }: CalibrationReport): string {
  const all = rows.filter((row) => row.class === 'all');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img">`,
    '<title>How often benign days bring what should come on so many of them</title>',
    '<style>text{font:12px sans-serif;fill:#333}path{fill:none}.grid{stroke:#ddd}.even{stroke:#999;stroke-dasharray:5 4}</style>',
    `<rect width="${SIZE.width}" height="${SIZE.height}" fill="#fff"/>`,
    ...axes(),
    ...all.flatMap(line),
    '</svg>',
    '',
  ].join('\n');
}
