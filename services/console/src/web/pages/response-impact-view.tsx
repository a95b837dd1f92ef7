/** What the rules cost people, in a sentence and by rule, agent, owner, class or day. */
import { SegmentedControl, Table } from '@mantine/core';
import { useState } from 'react';
import type { ResponseImpactLine, ResponseImpactPage } from '../../core/response-impact-model.ts';
import { type ResponseImpactKey, useResponseImpact } from '../data/answers.ts';
import { useTitle } from '../data/title.ts';
import { Answer, Empty, Section } from '../parts/answer-states.tsx';
import { Scroll } from '../parts/table.tsx';
import { Agent } from '../parts/terms.tsx';

const KEYS: readonly { readonly value: ResponseImpactKey; readonly label: string }[] = [
  { value: 'rule', label: 'Rules' },
  { value: 'agent', label: 'Agents' },
  { value: 'owner', label: 'Owners' },
  { value: 'class', label: 'Classes' },
  { value: 'day', label: 'Days' },
];
const SECOND_MS = 1000;

const COLUMNS: readonly (readonly [string, (line: ResponseImpactLine) => number | null])[] = [
  ['Step-ups asked', (line) => line.step_ups],
  ['Approved', (line) => line.approved],
  ['Refused', (line) => line.refused],
  ['Mean wait, s', (line) => line.waited_mean_ms && line.waited_mean_ms / SECOND_MS],
  ['Revocations', (line) => line.revocations],
  ['Restored', (line) => line.reverted],
  ['Calls refused', (line) => line.denied_calls],
  ['… in error', (line) => line.denied_in_error],
  ['Tasks stopped', (line) => line.tasks_stopped],
  ['Withheld', (line) => line.withheld],
  ['Would ask', (line) => line.would_step_up],
  ['Would revoke', (line) => line.would_revoke],
  ['Alerts withdrawn', (line) => line.withdrawn_alerts],
  ['Judged true positive', (line) => line.true_positives],
  ['Judged false positive', (line) => line.false_positives],
];

const number = (n: number | null) =>
  n === null ? '–' : n.toLocaleString('en-GB', { maximumFractionDigits: 1 });

function Lines({
  page,
  by,
}: {
  readonly page: ResponseImpactPage;
  readonly by: ResponseImpactKey;
}) {
  return (
    <Scroll minWidth={1100} label={`What it costs, by ${by}`}>
      <Table aria-label={`What it costs, by ${by}`} verticalSpacing={3} horizontalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{by.charAt(0).toUpperCase() + by.slice(1)}</Table.Th>
            {COLUMNS.map(([title]) => (
              <Table.Th key={title} className="number">
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {page.lines.map((line) => (
            <Table.Tr key={line.key}>
              <Table.Td className="wrap">
                {by === 'agent' ? <Agent uid={line.key} /> : line.key}
              </Table.Td>
              {COLUMNS.map(([title, of]) => (
                <Table.Td key={title} className="number">
                  {number(of(line))}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

export function ResponseImpactView() {
  useTitle('Response impact');
  const [by, setBy] = useState<ResponseImpactKey>('rule');
  return (
    <>
      <h1>What the rules cost</h1>
      <Answer query={useResponseImpact(by)} what="what the rules cost">
        {(page) => (
          <>
            <p className="lead">{page.sentence}</p>
            {page.cut && <p>There is more than can be counted: all numbers are too low.</p>}
            <Section
              id="response-impact"
              title="By whom and what"
              note={`the last ${page.days} days of the store`}
            >
              <SegmentedControl
                aria-label="One line for each"
                size="xs"
                data={[...KEYS]}
                value={by}
                onChange={(value) => setBy(value as ResponseImpactKey)}
              />
              {page.lines.length === 0 ? (
                <Empty>
                  <p>
                    Nothing was asked, taken or withheld. What a rule costs people appears here.
                  </p>
                </Empty>
              ) : (
                <Lines page={page} by={by} />
              )}
              <p className="quiet">
                In error: refused because of a command that was restored since. Judged: alerts on
                which a person gave a verdict; of the others nobody knows. (no rule): approvals that
                agents asked for.
              </p>
            </Section>
          </>
        )}
      </Answer>
    </>
  );
}
