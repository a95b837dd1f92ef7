/** Why a call was, or was not, an alert, on request. */
import { Button, Table } from '@mantine/core';
import { useState } from 'react';
import type { EventExplanation as Why } from '../../core/lists/work-model.ts';
import { plural } from '../../core/words.ts';
import { useEventWhy } from '../data/work.ts';
import { Answer } from './answer-states.tsx';
import { Scroll, TableHead } from './table.tsx';

function Features({ features }: Pick<Why, 'features'>) {
  const rows = features.flatMap(({ feature, alarm, reasons }) =>
    reasons.map((one) => ({ ...one, feature, alarm })),
  );
  if (rows.length === 0)
    return <p className="quiet">Nothing about it was unusual for its agent.</p>;
  return (
    <Scroll minWidth={720} label="Compared with its agent’s past">
      <Table aria-label="Compared with its agent’s past" verticalSpacing={4}>
        <TableHead names={['Asked', 'Expected', 'Seen', 'What it says', 'Alarm']} />
        <Table.Tbody>
          {rows.map((one) => (
            <Table.Tr key={`${one.feature} ${one.text}`}>
              <Table.Td>{one.feature}</Table.Td>
              <Table.Td>{one.expected}</Table.Td>
              <Table.Td>{one.observed}</Table.Td>
              <Table.Td>{one.text}</Table.Td>
              <Table.Td>{one.alarm === null ? 'no' : 'yes'}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function Terms({ terms }: Pick<Why, 'terms'>) {
  const found = terms.filter(({ worth }) => worth !== 0);
  if (found.length === 0) return <p className="quiet">No sign of planted text was found.</p>;
  return (
    <Scroll minWidth={560} label="Signs of planted text">
      <Table aria-label="Signs of planted text" verticalSpacing={4}>
        <TableHead names={['Sign', 'How much, 0 to 1', 'Counts for it']} />
        <Table.Tbody>
          {found.map(({ term, value, worth, text }) => (
            <Table.Tr key={term}>
              <Table.Td>{text}</Table.Td>
              <Table.Td>{value.toFixed(2)}</Table.Td>
              <Table.Td>{worth.toFixed(2)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function Page({ why }: { readonly why: Why }) {
  return (
    <>
      <h3>Did it obey planted text?</h3>
      {why.lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      <Terms terms={why.terms} />
      <h3>Was it unusual for its agent?</h3>
      <Features features={why.features} />
      <p className="quiet">
        {plural(why.played, 'earlier call')} of its agent {why.played === 1 ? 'was' : 'were'} played
        {why.complete ? '' : '; still earlier ones were left out'}. Rules of the registry, and what
        peers and other agents do, are not asked here: they stand in the alerts.
      </p>
    </>
  );
}

export function EventWhy({ id }: { readonly id: string }) {
  const [asked, setAsked] = useState(false);
  const query = useEventWhy(id, asked);
  if (!asked) {
    return (
      <Button size="compact-sm" variant="default" onClick={() => setAsked(true)}>
        Explain
      </Button>
    );
  }
  return (
    <Answer query={query} what="the explanation">
      {(why) => <Page why={why} />}
    </Answer>
  );
}
