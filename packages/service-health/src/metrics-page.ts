/** `docs/reference-metrics.md`: every metric, from the one table of them. */
import type { MetricDefinition } from './metric-definition.ts';
import { METRIC_GROUPS } from './metric-definitions.ts';

const HEAD = `# Metrics

What each service answers at \`GET /metrics\`, in Prometheus' text format, beside the process' and Node's own (\`process_…\`, \`nodejs_…\`). Made by \`npm run docs:generate\` from \`packages/service-health/src/metric-definitions.ts\`. Alert rules on them: [runbook](runbook.md). A metric has at most 1,000 series; what comes later is counted with labels \`other\`, as labels can be a sender's to choose.
`;

function row(name: string, { type, labels, help }: MetricDefinition): string {
  return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
}

export function metricsPage(): string {
  const groups = Object.entries(METRIC_GROUPS).map(([title, metrics]) =>
    [
      `## ${title}\n`,
      '| metric | type | labels | meaning |',
      '| --- | --- | --- | --- |',
      ...Object.entries(metrics).map(([name, definition]) => row(name, definition)),
    ].join('\n'),
  );
  return `${[HEAD, ...groups].join('\n')}\n`.replaceAll('|\n## ', '|\n\n## ');
}
