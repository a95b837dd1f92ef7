/** The committed files as Grafana reads them: the parts that tests look at, and nothing invented. */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const FOLDER = new URL('../../dashboards/json/', import.meta.url);

const reference = z.object({ type: z.string(), uid: z.string() });
const property = z.object({ id: z.string(), value: z.unknown() });

const panelSchema = z.object({
  id: z.number().int().positive(),
  type: z.enum(['timeseries', 'table', 'stat', 'barchart']),
  title: z.string().min(1),
  description: z.string().min(1),
  datasource: reference,
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  interval: z.string().optional(),
  targets: z
    .array(
      z.object({
        refId: z.string(),
        datasource: reference,
        queryType: z.enum(['timeseries', 'table']),
        format: z.number(),
        rawSql: z.string().min(1),
      }),
    )
    .length(1),
  fieldConfig: z.object({
    defaults: z.looseObject({ unit: z.string().min(1) }),
    overrides: z.array(
      z.object({
        matcher: z.object({ id: z.literal('byName'), options: z.string() }),
        properties: z.array(property),
      }),
    ),
  }),
});
export type PanelFile = z.infer<typeof panelSchema>;

const variableSchema = z.looseObject({
  name: z.string(),
  type: z.enum(['datasource', 'query', 'textbox']),
  label: z.string().min(1),
  description: z.string().min(1),
  multi: z.boolean().optional(),
  includeAll: z.boolean().optional(),
  query: z.unknown(),
});
export type VariableFile = z.infer<typeof variableSchema>;

const dashboardSchema = z.looseObject({
  uid: z.string().min(1).max(40),
  title: z.string().min(1),
  description: z.string().min(1),
  schemaVersion: z.number(),
  time: z.object({ from: z.string(), to: z.string() }),
  links: z.array(z.looseObject({ tags: z.array(z.string()) })),
  templating: z.object({ list: z.array(variableSchema) }),
  panels: z.array(panelSchema).min(1),
});
export type DashboardFile = z.infer<typeof dashboardSchema>;

export interface ReadDashboard {
  readonly name: string;
  readonly text: string;
  readonly dashboard: DashboardFile;
}

export function readDashboards(): readonly ReadDashboard[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, FOLDER), 'utf8');
      return { name, text, dashboard: dashboardSchema.parse(JSON.parse(text)) };
    });
}

const sqlQuery = z.object({ rawSql: z.string() });

/** The SQL of a query variable. */
export function sqlOf(variable: VariableFile): string {
  return sqlQuery.parse(variable.query).rawSql;
}

/** Columns that a panel names, in its order; a time series has its time before them. */
export function namedColumns(panel: PanelFile): readonly string[] {
  const named = panel.fieldConfig.overrides.map((one) => one.matcher.options);
  return panel.type === 'timeseries' ? ['time', ...named] : named;
}
