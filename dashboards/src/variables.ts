/**
 * The variables of a dashboard. Values that come from telemetry are hexadecimal in SQL: Grafana's
 * `sqlstring` leaves backslashes, which ClickHouse reads as escapes.
 */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  type VariableModel,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** Of one variable; more are cut, and its description says so. */
const OPTIONS_MAX = 5_000;
/** Where `waywarden up` answers by default. */
const CONSOLE_URL = 'http://127.0.0.1:8787';

type Format = 'sqlstring' | 'raw' | 'queryparam';

export function variable(name: string, format?: Format): string {
  return format === undefined ? `\${${name}}` : `\${${name}:${format}}`;
}

export function datasourceVariable(): Builder<VariableModel> {
  return new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The ClickHouse that the archiver writes to.')
    .type('grafana-clickhouse-datasource');
}

export function consoleVariable(): Builder<VariableModel> {
  return new TextBoxVariableBuilder('console')
    .label('Waywarden')
    .description('Address of the Waywarden page, for links to alerts. Without a slash at the end.')
    .defaultValue(CONSOLE_URL);
}

interface QueryVariable {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** Gives values, or values and the texts to show for them. */
  readonly sql: string;
  /** Several at a time, and All: use it in SQL with `whereChosen`. */
  readonly multi?: boolean;
}

function queryVariable(spec: QueryVariable): Builder<VariableModel> {
  const sql = `${spec.sql.trim()} LIMIT ${OPTIONS_MAX}`;
  return new QueryVariableBuilder(spec.name)
    .label(spec.label)
    .description(`${spec.description} At most ${OPTIONS_MAX} are offered.`)
    .datasource({ type: 'grafana-clickhouse-datasource', uid: variable('datasource') })
    .query({ refId: spec.name, queryType: 'sql', rawSql: sql })
    .definition(sql)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .allowCustomValue(false)
    .multi(spec.multi === true)
    .includeAll(spec.multi === true);
}

/** The plugin's macro that leaves the condition out while All is chosen. */
export function whereChosen(condition: string, name: string): string {
  return `$__conditionalAll(${condition}, $${name})`;
}

export const IS_TENANT = `tenant_id = ${variable('tenant', 'sqlstring')}`;
export const IS_AGENT = `agent_uid = unhex(${variable('agent', 'sqlstring')})`;

const HOURS = 'hour >= toStartOfHour($__fromTime) AND hour <= ($__toTime)';

export function tenantVariable(): Builder<VariableModel> {
  return queryVariable({
    name: 'tenant',
    label: 'Tenant',
    description: 'Tenants with calls in the period. One at a time: numbers of two never add up.',
    sql: `SELECT DISTINCT tenant_id FROM agent_calls_per_hour_v1 WHERE ${HOURS} ORDER BY tenant_id`,
  });
}

export function agentVariable(): Builder<VariableModel> {
  return queryVariable({
    name: 'agent',
    label: 'Agent',
    description: 'Agents with calls in the period; the value is the uid in hexadecimal.',
    sql: `SELECT hex(agent_uid) AS value, agent_uid AS text FROM agent_calls_per_hour_v1 FINAL
WHERE ${IS_TENANT} AND ${HOURS} GROUP BY agent_uid ORDER BY sum(calls) DESC, agent_uid`,
  });
}

export function combinationVariable(): Builder<VariableModel> {
  return queryVariable({
    name: 'combination',
    label: 'Combination',
    description: 'Combinations of the policy that were found in the period.',
    multi: true,
    sql: `SELECT DISTINCT hex(combination) AS value, combination AS text FROM alerts_v1
WHERE ${IS_TENANT} AND combination != '' AND $__timeFilter(first_detected_at) ORDER BY text`,
  });
}

export function sourceVariable(): Builder<VariableModel> {
  return queryVariable({
    name: 'source',
    label: 'Source',
    description: 'Sources that sent events in the period; the value is the name in hexadecimal.',
    multi: true,
    sql: `SELECT DISTINCT hex(source_instance) AS value, source_instance AS text FROM audit_events_v1
WHERE ${IS_TENANT} AND $__timeFilter(event_time) ORDER BY text`,
  });
}
