/**
 * A distribution of earlier days with the newest one marked: bars by the number of days, a line where it stands. The same
 * numbers stand in words above and as a table below, so nobody has to see the picture.
 */
import { Table } from '@mantine/core';
import type { Baseline, Baselines } from '../../core/agent-profile.ts';
import { plural } from '../../core/words.ts';
import { Scroll } from './table.tsx';

const WIDTH = 260;
const HEIGHT = 64;
const FOOT = 14;
const HEAD = 12;
const BINS_DRAWN_MIN = 6;

const number = (n: number) => n.toLocaleString('en-GB');

function Bars({ one }: { readonly one: Baseline }) {
  const { bins, today } = one;
  const most = Math.max(1, ...bins.map((bin) => bin.days));
  // Few bins keep the width of several: a single value is a bar and no wall.
  const step = WIDTH / Math.max(bins.length, BINS_DRAWN_MIN);
  const left = (WIDTH - step * bins.length) / 2;
  const floor = HEIGHT - FOOT;
  const at = bins.findIndex(({ from, to }) => today >= from && today < to);
  const x = left + (at + 0.5) * step;
  return (
    <svg className="distribution" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {bins.map((bin, n) => {
        const height = ((floor - HEAD) * bin.days) / most;
        return (
          <rect
            key={bin.from}
            className="bar"
            x={left + n * step + 1}
            width={Math.max(1, step - 2)}
            y={floor - height}
            height={height}
          />
        );
      })}
      <line className="axis" x1={0} x2={WIDTH} y1={floor} y2={floor} />
      <line className="now" x1={x} x2={x} y1={HEAD - 2} y2={floor} />
      <path className="now-head" d={`M${x - 4} ${HEAD - 8}H${x + 4}L${x} ${HEAD - 1}Z`} />
      <text x={left} y={HEIGHT - 2}>
        {number(bins[0]?.from ?? 0)}
      </text>
      <text x={WIDTH - left} y={HEIGHT - 2} textAnchor="end">
        {number((bins.at(-1)?.to ?? 1) - 1)}
      </text>
    </svg>
  );
}

function sentence({ days, below, today, median }: Baseline): string {
  if (days === 0) return 'No earlier day to compare with.';
  if (today === median) return `As on a usual day (median of ${plural(days, 'day')}).`;
  return `More than on ${below} of ${plural(days, 'earlier day')}; usual is ${number(median)}.`;
}

function Measure({ one, day }: { readonly one: Baseline; readonly day: string }) {
  return (
    <figure className="measure">
      <figcaption>
        <b>{number(one.today)}</b> {one.words} on {day}. {sentence(one)}
      </figcaption>
      <Bars one={one} />
    </figure>
  );
}

function Numbers({ baselines }: { readonly baselines: Baselines }) {
  const { measures, day } = baselines;
  const days = measures[0]?.values.map((one) => one.day).toReversed() ?? [];
  return (
    <details>
      <summary>The numbers</summary>
      <Scroll minWidth={640} label="Baselines, numbers">
        <Table aria-label="Baselines" verticalSpacing={2} className="calls">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Day (UTC)</Table.Th>
              {measures.map((one) => (
                <Table.Th key={one.measure} className="number">
                  {one.words}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(
              [
                [`${day} (newest)`, (one: Baseline) => one.today],
                ['median before', (one: Baseline) => one.median],
                ['95 of 100 days', (one: Baseline) => one.p95],
                ['most', (one: Baseline) => one.max],
              ] as const
            ).map(([name, of]) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">
                  <b>{name}</b>
                </Table.Th>
                {measures.map((one) => (
                  <Table.Td key={one.measure} className="number">
                    <b>{number(of(one))}</b>
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
            {days.map((name) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">{name}</Table.Th>
                {measures.map((one) => (
                  <Table.Td key={one.measure} className="number">
                    {number(one.values.find((value) => value.day === name)?.value ?? 0)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </details>
  );
}

function Hours({ baselines }: { readonly baselines: Baselines }) {
  const { hours, day } = baselines;
  const most = Math.max(1, ...hours.map((one) => one.calls));
  const active = hours.filter((one) => one.calls > 0).length;
  const unusual = hours.filter((one) => one.today > 0 && one.calls === 0);
  const step = WIDTH / hours.length;
  const floor = HEIGHT - FOOT;
  return (
    <figure className="measure">
      <figcaption>
        <b>{plural(active, 'hour')}</b> of the day with calls before {day} (UTC).{' '}
        {unusual.length === 0
          ? 'None in an hour without earlier calls.'
          : `New on that day: ${unusual.map((one) => `${one.hour}:00`).join(', ')}.`}
      </figcaption>
      <svg className="distribution" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        {hours.map((one) => {
          const height = ((floor - HEAD) * one.calls) / most;
          const x = one.hour * step;
          return (
            <g key={one.hour}>
              <rect className="bar" x={x + 1} width={step - 2} y={floor - height} height={height} />
              {one.today > 0 && (
                <path className="now-head" d={`M${x + step / 2 - 4} ${HEAD - 8}h8l-4 7Z`} />
              )}
            </g>
          );
        })}
        <line className="axis" x1={0} x2={WIDTH} y1={floor} y2={floor} />
        <text x={0} y={HEIGHT - 2}>
          0:00
        </text>
        <text x={WIDTH} y={HEIGHT - 2} textAnchor="end">
          23:00
        </text>
      </svg>
    </figure>
  );
}

export function BaselineCharts({ baselines }: { readonly baselines: Baselines }) {
  return (
    <>
      <div className="measures">
        {baselines.measures.map((one) => (
          <Measure key={one.measure} one={one} day={baselines.day} />
        ))}
        <Hours baselines={baselines} />
      </div>
      <Numbers baselines={baselines} />
    </>
  );
}
