/**
 * One query as the plugin `grafana-clickhouse-datasource` (4.x) keeps it in a panel. The data
 * source is the dashboard's variable, so that one file serves every installation.
 */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { variable } from './variables.ts';

export const DATASOURCE_TYPE = 'grafana-clickhouse-datasource';
const PLUGIN_VERSION = '4.20.0';

export const DATASOURCE = { type: DATASOURCE_TYPE, uid: variable('datasource') } as const;

export type QueryShape = 'timeseries' | 'table';

const FORMATS = { timeseries: 0, table: 1 } as const satisfies Record<QueryShape, number>;

class ClickHouseTarget implements Dataquery {
  readonly refId = 'A';
  readonly datasource = DATASOURCE;
  readonly pluginVersion = PLUGIN_VERSION;
  readonly editorType = 'sql';
  readonly queryType: QueryShape;
  readonly format: number;
  readonly rawSql: string;

  constructor(shape: QueryShape, rawSql: string) {
    this.queryType = shape;
    this.format = FORMATS[shape];
    this.rawSql = rawSql;
  }

  /** Marks the type for the SDK. */
  _implementsDataqueryVariant(): void {}
}

export function clickHouseQuery(shape: QueryShape, sql: string): Builder<Dataquery> {
  return { build: () => new ClickHouseTarget(shape, sql.trim()) };
}
