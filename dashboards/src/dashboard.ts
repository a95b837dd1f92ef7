/**
 * Dashboards in Grafana's classic JSON model (v1): ids in reading order, rows of the grid filled
 * from the left.
 */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { SizedPanel } from './panels.ts';
import { consoleVariable, datasourceVariable, tenantVariable } from './variables.ts';

const GRID_COLUMNS = 24;
/** Read by Grafana 11 to 13; newer ones migrate it upward. */
const SCHEMA_VERSION = 41;
const TAG = 'waywarden';

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** The period that it opens with, for example `now-6h`. */
  readonly from: string;
  /** Beside data source, tenant and the address of the console. */
  readonly variables?: readonly Builder<VariableModel>[];
  /** From top to bottom; the widths of a row add up to 24. */
  readonly rows: readonly (readonly SizedPanel[])[];
}

/** @throws Error when a row does not fill the grid: a mistake in the source, not in any input. */
export function dashboard(spec: DashboardSpec): Dashboard {
  const built = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([TAG])
    .timezone('utc')
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: spec.from, to: 'now' })
    .refresh('1m')
    .variables([
      datasourceVariable(),
      tenantVariable(),
      ...(spec.variables ?? []),
      consoleVariable(),
    ])
    .link(
      new DashboardLinkBuilder('Waywarden')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .build();
  let id = 0;
  let y = 0;
  const panels = spec.rows.flatMap((row) => {
    const width = row.reduce((sum, panel) => sum + panel.width, 0);
    if (width !== GRID_COLUMNS) throw new Error(`${spec.uid}: a row is ${width} columns wide.`);
    let x = 0;
    const h = Math.max(...row.map((panel) => panel.height));
    const placed = row.map((panel) => {
      const gridPos = { x, y, w: panel.width, h };
      x += panel.width;
      id += 1;
      return panel.build(id, gridPos);
    });
    y += h;
    return placed;
  });
  // The SDK hides links in a menu that only Grafana 12 has.
  const links = (built.links ?? []).map(({ placement: _menu, ...link }) => link);
  return { ...built, links, schemaVersion: SCHEMA_VERSION, annotations: { list: [] }, panels };
}
