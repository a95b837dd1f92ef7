/**
 * Guarantees about the dashboards as files: they are what the sources give, Grafana can tell their
 * panels apart, nothing overlaps, every panel says what it shows in which unit and asks the chosen
 * data source for one tenant only, and no query depends on how a version of the plugin finds the
 * arguments of a macro.
 */
import { readFileSync } from 'node:fs';
import { dashboardFiles } from '@waywarden/dashboards';
import { CONFIDENCE_BASES } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { namedColumns, type PanelFile, readDashboards, sqlOf } from './dashboard-file.ts';

const dashboards = readDashboards();
const panels = dashboards.flatMap(({ name, dashboard }) =>
  dashboard.panels.map((panel) => ({ name: `${name}: ${panel.title}`, panel })),
);
/** Grafana's reference to the variable. */
const CHOSEN_DATASOURCE = `$${'{datasource}'}`;
const sqlOfPanel = (panel: PanelFile) => panel.targets[0]?.rawSql ?? '';
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('files', () => {
  it('are what the sources give: run `npm run dashboards:generate`', () => {
    const committed = dashboards.map(({ name, text }) => ({ name, text }));
    const generated = [...dashboardFiles()].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(committed).toEqual(generated);
  });

  it('have a uid and a title of their own, and the tag that their links look for', () => {
    const of = (key: 'uid' | 'title') => new Set(dashboards.map((one) => one.dashboard[key]));
    expect([of('uid').size, of('title').size]).toEqual([dashboards.length, dashboards.length]);
    for (const { dashboard } of dashboards) {
      expect(dashboard['tags']).toEqual(['waywarden']);
      for (const link of dashboard.links) expect(link.tags).toEqual(['waywarden']);
    }
  });

  it.each(dashboards)('$name holds no id of one installation', ({ text, dashboard }) => {
    expect(dashboard['id']).toBeUndefined();
    const uids = [...text.matchAll(/"uid": "([^"]*)"/g)].map((match) => match[1]);
    expect(new Set(uids)).toEqual(new Set([dashboard.uid, CHOSEN_DATASOURCE]));
  });
});

describe('layout', () => {
  it.each(dashboards)('$name: ids are unique, and panels fill the grid without overlap', (file) => {
    const { panels: placed } = file.dashboard;
    expect(new Set(placed.map((panel) => panel.id)).size).toBe(placed.length);
    const cells = new Set<string>();
    for (const { gridPos } of placed) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells.has(`${x}/${y}`)).toBe(false);
          cells.add(`${x}/${y}`);
        }
      }
    }
    const bottom = Math.max(...placed.map(({ gridPos }) => gridPos.y + gridPos.h));
    expect(cells.size).toBe(24 * bottom);
  });

  it.each(dashboards)('$name: titles are unique', ({ dashboard }) => {
    const titles = dashboard.panels.map((panel) => panel.title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

/** Names of those that break a rule, so that a failure shows all of them. */
function offenders<T extends { readonly name: string }>(
  all: readonly T[],
  keeps: (one: T) => boolean,
): readonly string[] {
  return all.filter((one) => !keeps(one)).map((one) => one.name);
}

describe('panels', () => {
  it('say in full sentences what they show', () => {
    const says = /^[A-Z`].{20,}\.$/s;
    expect(offenders(panels, ({ panel }) => says.test(panel.description))).toEqual([]);
  });

  it('ask the chosen data source, in the shape of their kind', () => {
    const right = ({ panel }: { panel: PanelFile }) => {
      const [target] = panel.targets;
      const shape = panel.type === 'timeseries' ? ['timeseries', 0] : ['table', 1];
      return (
        panel.datasource.uid === CHOSEN_DATASOURCE &&
        target?.datasource.uid === CHOSEN_DATASOURCE &&
        target.queryType === shape[0] &&
        target.format === shape[1] &&
        (panel.type !== 'timeseries' || panel.interval === '1m')
      );
    };
    expect(offenders(panels, right)).toEqual([]);
  });

  it('read one tenant in each table that they name, in the chosen period', () => {
    const bounded = ({ panel }: { panel: PanelFile }) => {
      const sql = sqlOfPanel(panel);
      const tables = sql.match(/\b\w+_v1\b/g) ?? [];
      const asked = sql.match(/tenant_id = \$\{tenant:sqlstring\}/g) ?? [];
      // Dead letters have no tenant: what could not be read proves none.
      const isOneTenant = asked.length === tables.length || sql.includes('dead_letters_v1');
      return isOneTenant && /\$__timeFilter\(|\$__fromTime\)/.test(sql);
    };
    expect(offenders(panels, bounded)).toEqual([]);
  });

  it('that are tables end at a number of rows', () => {
    const ends = ({ panel }: { panel: PanelFile }) =>
      panel.type !== 'table' || /LIMIT \d+$/.test(sqlOfPanel(panel));
    // Four steps, whatever the data.
    expect(offenders(panels, ends)).toEqual(['containment.json: The clock']);
  });

  it('that list alerts or orders say how sure each is, and by what', () => {
    const listing = panels.filter(({ panel }) => namedColumns(panel).includes('alert_id'));
    expect(listing.map(({ name }) => name)).toEqual([
      'agent.json: Alerts',
      'assembly.json: Proofs',
      'containment.json: Containments',
      'containment.json: Not confirmed, the oldest first',
      'fleet.json: Open alerts',
      'fleet.json: Kept out of what is normal, the longest first',
    ]);
    const says = ({ panel }: { panel: PanelFile }) => {
      const named = namedColumns(panel);
      return named[named.indexOf('confidence') + 1] === 'basis' && named.includes('confidence');
    };
    expect(offenders(listing, says)).toEqual([]);
  });

  it('have a word for each basis of a confidence that the contract names', () => {
    const words = panels.flatMap(({ panel }) => {
      const basis = panel.fieldConfig.overrides.find((one) => one.matcher.options === 'basis');
      const mappings = basis?.properties.find((one) => one.id === 'mappings')?.value;
      return mappings === undefined ? [] : [mappings as readonly { options: object }[]];
    });
    for (const [mapping] of words) {
      expect(Object.keys(mapping?.options ?? {})).toEqual([...CONFIDENCE_BASES, 'not_reported']);
    }
    expect(words.length).toBeGreaterThan(0);
  });

  it('show no pie, no gauge, and thresholds only where a count asks for attention', () => {
    const plain = ({ panel }: { panel: PanelFile }) =>
      panel.fieldConfig.defaults['thresholds'] === undefined || panel.type === 'stat';
    expect(offenders(panels, plain)).toEqual([]);
  });
});

describe('SQL', () => {
  const queries = [
    ...panels.map(({ name, panel }) => ({ name, sql: sqlOfPanel(panel) })),
    ...dashboards.flatMap(({ name, dashboard }) =>
      dashboard.templating.list
        .filter((variable) => variable.type === 'query')
        .map((variable) => ({ name: `${name}: $${variable.name}`, sql: sqlOf(variable) })),
    ),
  ];

  it('has macros that expand alike in every version of the plugin', () => {
    const alike = ({ sql }: { sql: string }) =>
      !/\$__(fromTime|toTime|interval_s)\b(?!\))/.test(sql) &&
      !/\$__(timeFilter|timeInterval)\([^()]*[,(]/.test(sql) &&
      !/\$__\w+_ms/.test(sql);
    expect(offenders(queries, alike)).toEqual([]);
  });

  it('takes values from telemetry only in hexadecimal', () => {
    const inHex = /unhex\(\$\{agent:sqlstring\}\)|hex\(\w+\) IN \(\$\{\w+:sqlstring\}\)/g;
    const safe = ({ sql }: { sql: string }) =>
      !/\$\{(?!tenant:sqlstring\})/.test(sql.replaceAll(inHex, ''));
    expect(offenders(queries, safe)).toEqual([]);
  });

  it('only reads', () => {
    expect(offenders(queries, ({ sql }) => /^(SELECT|WITH)\b/.test(sql))).toEqual([]);
  });
});

describe('provisioning', () => {
  it('points at the folder and the data source that the compose file mounts', () => {
    const providers = parse(read('dashboards/provisioning/dashboards/waywarden.yaml')).providers;
    const [source] = parse(read('dashboards/provisioning/datasources/waywarden.yaml')).datasources;
    const grafana = parse(read('docker-compose.yml')).services.grafana;
    expect(providers).toHaveLength(1);
    const folder: string = providers[0].options.path;
    expect(grafana.volumes).toContain(`./dashboards/json:${folder}:ro`);
    expect(grafana.volumes).toContain('./dashboards/provisioning:/etc/grafana/provisioning:ro');
    expect(source.type).toBe('grafana-clickhouse-datasource');
    const wanted = [...JSON.stringify(source).matchAll(/\$([A-Z_]+)/g)].map((match) => match[1]);
    expect(wanted.length).toBeGreaterThan(0);
    for (const name of wanted) expect(Object.keys(grafana.environment)).toContain(name);
    expect(source.secureJsonData.password).toMatch(/^\$/);
  });
});
