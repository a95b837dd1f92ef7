/** Calls as lines of a table. */
import { Table } from '@mantine/core';
import type { EventRow } from '../../core/view-model.ts';
import { eventPath } from '../data/answers.ts';
import { Scroll } from './table.tsx';
import { Agent, Capability, ChainId, Outcome, ShortId, Time } from './terms.tsx';

export interface CallTableProps {
  readonly calls: readonly EventRow[];
  readonly label: string;
  readonly withChain?: boolean;
  readonly withAgent?: boolean;
}

function Call({
  call,
  withChain,
  withAgent,
}: Omit<CallTableProps, 'calls' | 'label'> & { readonly call: EventRow }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Time at={call.at} short />
      </Table.Td>
      {withAgent && (
        <Table.Td>
          <Agent uid={call.agent_uid} />
        </Table.Td>
      )}
      <Table.Td className="wrap">{call.tool}</Table.Td>
      <Table.Td>
        {call.capabilities.length === 0
          ? call.effect
          : call.capabilities.map((symbol) => <Capability key={symbol} symbol={symbol} />)}
      </Table.Td>
      <Table.Td>
        <Outcome value={call.outcome} />
      </Table.Td>
      {withChain && (
        <Table.Td>
          {call.workflow === '' ? '' : `${call.workflow} `}
          <ChainId id={call.chain_id} />
        </Table.Td>
      )}
      <Table.Td>
        <ShortId id={call.event_id} href={eventPath(call.event_id)} />
      </Table.Td>
    </Table.Tr>
  );
}

export function CallTable({ calls, label, withChain = false, withAgent = true }: CallTableProps) {
  return (
    <Scroll minWidth={820} label={label}>
      <Table aria-label={label} verticalSpacing={3} className="calls">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When (UTC)</Table.Th>
            {withAgent && <Table.Th>Agent</Table.Th>}
            <Table.Th>Tool</Table.Th>
            <Table.Th>Capabilities</Table.Th>
            <Table.Th>Outcome</Table.Th>
            {withChain && <Table.Th>Work</Table.Th>}
            <Table.Th>Record</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {calls.map((call) => (
            <Call key={call.event_id} call={call} withChain={withChain} withAgent={withAgent} />
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}
