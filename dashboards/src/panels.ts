/**
 * The four kinds of panel. Columns are named here, so that tests hold answers against them. Time
 * series are wide: in a long form whoever writes telemetry would choose how many lines a panel
 * draws.
 */
import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  type GridPos,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { PercentUnit } from '@grafana/grafana-foundation-sdk/units';
import { clickHouseQuery, DATASOURCE } from './clickhouse-query.ts';
import { BASIS_WORDS } from './mappings.ts';
import { COLOURS, type Colour } from './palette.ts';

/** On the grid of 24 columns. */
export interface SizedPanel {
  readonly width: number;
  readonly height: number;
  readonly build: (id: number, gridPos: GridPos) => Panel;
}

interface PanelSpec {
  readonly title: string;
  /** What is counted, what is left out, and what to do with it. */
  readonly description: string;
  readonly sql: string;
  readonly width: number;
  readonly height?: number;
}

interface AnyBuilder {
  title(title: string): this;
  description(text: string): this;
  datasource(ref: typeof DATASOURCE): this;
  id(id: number): this;
  gridPos(gridPos: GridPos): this;
  build(): Panel;
}

function sized(builder: AnyBuilder, spec: PanelSpec, height: number): SizedPanel {
  builder.title(spec.title).description(spec.description).datasource(DATASOURCE);
  return {
    width: spec.width,
    height: spec.height ?? height,
    build: (id, gridPos) => builder.id(id).gridPos(gridPos).build(),
  };
}

function fixedColour(colour: Colour): DynamicConfigValue {
  return { id: 'color', value: { mode: 'fixed', fixedColor: colour } };
}

interface TimeSeriesSpec extends PanelSpec {
  readonly unit: string;
  /** Columns beside `time`, in the order of the query. */
  readonly series: Readonly<Record<string, Colour>>;
  /** Counts are stacked bars, measures are lines. */
  readonly draw: 'bars' | 'lines';
  /** The finest bucket, for example `1m` where the table has minutes. */
  readonly interval?: string;
}

export function timeSeries(spec: TimeSeriesSpec): SizedPanel {
  const bars = spec.draw === 'bars';
  const panel = new TimeSeries()
    .withTarget(clickHouseQuery('timeseries', spec.sql))
    .unit(spec.unit)
    .interval(spec.interval ?? '1m')
    .min(0)
    .drawStyle(bars ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .fillOpacity(bars ? 80 : 0)
    .lineWidth(bars ? 0 : 2)
    .showPoints(bars ? VisibilityMode.Never : VisibilityMode.Always)
    .spanNulls(false)
    .stacking(
      new StackingConfigBuilder().mode(bars ? StackingMode.Normal : StackingMode.None).group('A'),
    )
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    );
  for (const [name, colour] of Object.entries(spec.series)) {
    panel.overrideByName(name, [fixedColour(colour)]);
  }
  return sized(panel, spec, 8);
}

export interface Column {
  readonly title?: string;
  readonly unit?: string;
  /** Only for links. */
  readonly hidden?: boolean;
  readonly link?: { readonly title: string; readonly url: string };
  readonly words?: ValueMapping[];
  readonly width?: number;
}

/** The columns of `SURE` (conditions.ts), alike in every table that lists alerts or orders. */
export const SURE_COLUMNS = {
  confidence: { title: 'how sure', unit: PercentUnit, width: 90 },
  basis: { title: 'how sure, by what', words: BASIS_WORDS, width: 170 },
} as const satisfies Readonly<Record<string, Column>>;

interface TableSpec extends PanelSpec {
  /** All columns of the query, in its order. */
  readonly columns: Readonly<Record<string, Column>>;
}

function columnProperties(name: string, column: Column): DynamicConfigValue[] {
  const properties: DynamicConfigValue[] = [
    { id: 'displayName', value: column.title ?? name.replaceAll('_', ' ') },
  ];
  if (column.unit !== undefined) properties.push({ id: 'unit', value: column.unit });
  if (column.hidden === true) properties.push({ id: 'custom.hidden', value: true });
  if (column.width !== undefined) properties.push({ id: 'custom.width', value: column.width });
  if (column.link !== undefined) {
    properties.push({ id: 'links', value: [{ ...column.link, targetBlank: false }] });
  }
  if (column.words !== undefined) {
    properties.push({ id: 'mappings', value: column.words });
    properties.push({ id: 'custom.cellOptions', value: { type: 'color-text' } });
  }
  return properties;
}

export function tablePanel(spec: TableSpec): SizedPanel {
  const panel = new Table()
    .withTarget(clickHouseQuery('table', spec.sql))
    .showHeader(true)
    .filterable(true)
    .unit('short')
    .noValue('–');
  for (const [name, column] of Object.entries(spec.columns)) {
    panel.overrideByName(name, columnProperties(name, column));
  }
  return sized(panel, spec, 9);
}

interface StatSpec extends PanelSpec {
  readonly unit: string;
  /** The value from which it asks for attention. */
  readonly attentionFrom?: number;
  readonly decimals?: number;
}

export function stat(spec: StatSpec): SizedPanel {
  const panel = new Stat()
    .withTarget(clickHouseQuery('table', spec.sql))
    .unit(spec.unit)
    .noValue('none')
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false));
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  if (spec.attentionFrom === undefined) {
    panel
      .colorMode(BigValueColorMode.None)
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(COLOURS.blue));
  } else {
    panel
      .colorMode(BigValueColorMode.Value)
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
      .thresholds(
        new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
          { value: null, color: COLOURS.grey },
          { value: spec.attentionFrom, color: COLOURS.vermilion },
        ]),
      );
  }
  return sized(panel, spec, 4);
}

interface BarsSpec extends PanelSpec {
  readonly unit: string;
  /** The column of the words along the axis, then the one column of numbers. */
  readonly category: string;
  readonly value: { readonly name: string; readonly colour: Colour };
}

export function bars(spec: BarsSpec): SizedPanel {
  const panel = new BarChart()
    .withTarget(clickHouseQuery('table', spec.sql))
    .unit(spec.unit)
    .min(0)
    .xField(spec.category)
    .orientation(VizOrientation.Horizontal)
    .showValue(VisibilityMode.Always)
    .fillOpacity(80)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(false)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .overrideByName(spec.category, [{ id: 'displayName', value: spec.category }])
    .overrideByName(spec.value.name, [fixedColour(spec.value.colour)]);
  return sized(panel, spec, 8);
}
