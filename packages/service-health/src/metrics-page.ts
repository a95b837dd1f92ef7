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

/**
 * The rules of promtool's lint for an exposition, re-stated
 * (prometheus/client_golang, prometheus/testutil/promlint), for machines without promtool.
 */
const FAMILY = /^# (HELP|TYPE) (\S+) (.*)$/;
const NAME = /^[a-z_:][a-z0-9_]*$/;
const NOT_BASE_UNITS =
  /_(?:milliseconds|microseconds|nanoseconds|minutes|hours|days|kilobytes|megabytes|gigabytes|bits|ms|kb|mb)(?:_|$)/;
const TYPE_IN_NAME = /_(?:counter|gauge|histogram|summary)(?:_|$)/;

/** One sentence for each rule that a metric breaks; empty when all is well. */
export function lintProblems(exposition: string): readonly string[] {
  const helps = new Set<string>();
  const types = new Map<string, string>();
  for (const line of exposition.split('\n')) {
    const [, kind, name = '', rest = ''] = FAMILY.exec(line) ?? [];
    if (kind === 'HELP' && rest !== '') helps.add(name);
    if (kind === 'TYPE') types.set(name, rest);
  }
  return [...types].flatMap(([name, type]) =>
    problemsOf(name, type, helps.has(name)).map((problem) => `${name}: ${problem}`),
  );
}

function problemsOf(name: string, type: string, hasHelp: boolean): readonly string[] {
  const isCounter = type === 'counter';
  const endsAsPart = /_(?:count|sum|bucket)$/.test(name);
  return [
    ...(hasHelp ? [] : ['no HELP']),
    ...(isCounter && !name.endsWith('_total') ? ['a counter ends in _total'] : []),
    ...(!isCounter && name.endsWith('_total') ? ['only a counter ends in _total'] : []),
    ...(type !== 'histogram' && type !== 'summary' && endsAsPart
      ? ['ends as a part of a histogram does']
      : []),
    ...(NAME.test(name) ? [] : ['is not in snake_case']),
    ...(NOT_BASE_UNITS.test(name) ? ['has another unit than the base unit'] : []),
    ...(TYPE_IN_NAME.test(name) ? ['has its type in its name'] : []),
  ];
}
