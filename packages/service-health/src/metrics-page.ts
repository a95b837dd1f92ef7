/** `docs/reference-metrics.md`: every metric, from the one table of them. */
import type { MetricDefinition } from './metric-definition.ts';
import { METRIC_GROUPS } from './metric-definitions.ts';

const HEAD = `# Metrics

What each service answers at \`GET /metrics\`, beside Node's own (\`process_…\`, \`nodejs_…\`). Made by \`npm run docs:generate\`. What to do about them: [runbook](runbook.md). A metric has at most 1,000 series; further ones count under labels \`other\`.
`;

type Row = readonly string[];

/** Columns of equal width, as the repository's formatter has them. */
function tableOf(rows: readonly Row[]): string {
  const [head = []] = rows;
  const widths = head.map((_, at) => Math.max(3, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: Row) =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [line(head), rule, ...rows.slice(1).map(line)].join('\n');
}

function rowOf(name: string, { type, labels, help }: MetricDefinition): Row {
  return [`\`${name}\``, [type, ...labels.map((label) => `\`${label}\``)].join(' '), help];
}

export function metricsPage(): string {
  const groups = Object.entries(METRIC_GROUPS).map(([title, metrics]) => {
    const rows = Object.entries(metrics).map(([name, definition]) => rowOf(name, definition));
    return `## ${title}\n\n${tableOf([['metric', 'type, labels', 'meaning'], ...rows])}\n`;
  });
  return [HEAD, ...groups].join('\n');
}
