/** Every agent that is registered or called, with the risk of what is open about it. */
import { Button, NativeSelect, Table, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { AgentLine, AgentsPage } from '../../core/lists/approvals-model.ts';
import { originalText } from '../../core/visible-text.ts';
import { useKeys } from '../data/keys.ts';
import { useTitle } from '../data/title.ts';
import { useAgents } from '../data/work.ts';
import { Answer, Empty } from '../parts/answer-states.tsx';
import { Filters } from '../parts/filters.tsx';
import { Scroll, TableHead } from '../parts/table.tsx';
import { Agent, Hour } from '../parts/terms.tsx';

const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'];

function Open({ line }: { readonly line: AgentLine }) {
  const parts = SEVERITIES.flatMap((one) => (line.open[one] ? [`${line.open[one]} ${one}`] : []));
  if (parts.length === 0) return <>–</>;
  const agent = encodeURIComponent(originalText(line.agent_uid));
  return <Link href={`/alerts?agent=${agent}`}>{parts.join(', ')}</Link>;
}

function Row({ line }: { readonly line: AgentLine }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Agent uid={line.agent_uid} />
      </Table.Td>
      <Table.Td className="number">{line.risk}</Table.Td>
      <Table.Td>
        <Open line={line} />
      </Table.Td>
      <Table.Td>{line.registered ? line.class.replaceAll('_', ' ') : 'not registered'}</Table.Td>
      <Table.Td>{line.owner ?? '–'}</Table.Td>
      <Table.Td>{line.state ?? '–'}</Table.Td>
      <Table.Td>{line.workflows.join(', ') || '–'}</Table.Td>
      <Table.Td className="number">{line.calls.toLocaleString('en-GB')}</Table.Td>
      <Table.Td className="number">{line.denied.toLocaleString('en-GB')}</Table.Td>
      <Table.Td>{line.last_seen === null ? '–' : <Hour at={line.last_seen} />}</Table.Td>
    </Table.Tr>
  );
}

const HEADS = [
  'Agent',
  'Risk',
  'Open alerts',
  'Class',
  'Owner',
  'State',
  'Workflows',
  'Calls, 30 d',
  'Denied',
  'Last seen (hour)',
];

function Lines({ page }: { readonly page: AgentsPage }) {
  if (page.agents.length === 0) {
    return (
      <Empty>
        <p>No agent fits. One appears when the registry names it, or when it calls.</p>
      </Empty>
    );
  }
  return (
    <Scroll minWidth={1080} label="Agents">
      <Table verticalSpacing={4} aria-label="Agents">
        <TableHead names={HEADS} />
        <Table.Tbody>
          {page.agents.map((line) => (
            <Row key={line.agent_uid} line={line} />
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

const SORTS = [
  { value: '', label: 'Risk' },
  { value: 'seen', label: 'Last seen' },
  { value: 'calls', label: 'Calls' },
  { value: 'name', label: 'Name' },
];

export function AgentsView() {
  useTitle('Agents');
  const [params, setParams] = useSearchParams();
  const [text, setText] = useState(params.get('q') ?? '');
  const query = useAgents(params.toString());
  const set = (name: string, value: string) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      if (name !== 'cursor') next.delete('cursor');
      if (value === '') next.delete(name);
      else next.set(name, value);
      return next;
    });
  useKeys(useMemo(() => ({ '/': () => document.getElementById('agent-search')?.focus() }), []));
  const choices = (values: readonly string[] = []) => [
    { value: '', label: 'Any' },
    ...values.map((value) => ({ value, label: value.replaceAll('_', ' ') })),
  ];
  const select = (
    name: string,
    label: string,
    data: readonly { value: string; label: string }[],
  ) => (
    <NativeSelect
      label={label}
      size="xs"
      data={[...data]}
      value={params.get(name) ?? ''}
      onChange={(event) => set(name, event.currentTarget.value)}
    />
  );
  return (
    <>
      <h1>Agents</h1>
      <Filters
        params={params}
        search={
          <TextInput
            id="agent-search"
            label="Search"
            size="xs"
            placeholder="name, owner, workflow (/), then Enter"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') set('q', text);
            }}
          />
        }
      >
        {select('class', 'Class', choices(query.data?.classes))}
        {select('owner', 'Owner', choices(query.data?.owners))}
        {select('registered', 'Registered', choices(['yes', 'no']))}
        {select('sort', 'Sort', SORTS)}
      </Filters>
      <Answer query={query} what="the agents">
        {(page) => (
          <>
            <p className="quiet" role="status">
              {page.total.toLocaleString('en-GB')} {page.total === 1 ? 'agent' : 'agents'}
            </p>
            <Lines page={page} />
            {(page.cursor !== null || params.has('cursor')) && (
              <nav className="pages" aria-label="Pages">
                <Button
                  size="compact-sm"
                  variant="default"
                  disabled={!params.has('cursor')}
                  onClick={() => set('cursor', '')}
                >
                  First page
                </Button>
                <Button
                  size="compact-sm"
                  variant="default"
                  disabled={page.cursor === null}
                  onClick={() => set('cursor', page.cursor ?? '')}
                >
                  Next page
                </Button>
              </nav>
            )}
          </>
        )}
      </Answer>
    </>
  );
}
