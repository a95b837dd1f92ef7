/** Pieces of work of the last day that several agents share, with what they did together. */
import { Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ChainUse } from '../../core/quiet-work.ts';
import type { ChainPage } from '../../core/view-model.ts';
import { plural } from '../../core/words.ts';
import { ask, useChain } from '../data/answers.ts';
import { useTitle } from '../data/title.ts';
import { Answer, Empty, Section } from '../parts/answer-states.tsx';
import { CallTable } from '../parts/call-table.tsx';
import { Queue } from '../parts/queue.tsx';
import { QuietList } from '../parts/quiet-list.tsx';
import { Scroll, TableHead } from '../parts/table.tsx';
import { Agent, Capability, ChainId, Time } from '../parts/terms.tsx';

const AGENTS_SHOWN = 4;

const useChains = () =>
  useQuery<{ readonly chains: readonly ChainUse[] }>({
    queryKey: ['chains'],
    queryFn: () => ask('/v1/console/chains'),
  });

function Row({ chain }: { readonly chain: ChainUse }) {
  const { agents, capabilities } = chain;
  return (
    <Table.Tr>
      <Table.Td>
        <ChainId id={chain.chain_id} />
      </Table.Td>
      <Table.Td>{chain.workflow === '' ? '–' : chain.workflow}</Table.Td>
      <Table.Td>
        {agents.slice(0, AGENTS_SHOWN).map((uid, at) => (
          <span key={uid}>
            {at > 0 && ', '}
            <Agent uid={uid} />
          </span>
        ))}
        {agents.length > AGENTS_SHOWN && ` and ${agents.length - AGENTS_SHOWN} more`}
      </Table.Td>
      <Table.Td>
        {capabilities.map((symbol) => (
          <Capability key={symbol} symbol={symbol} />
        ))}
      </Table.Td>
      <Table.Td>
        <Time at={chain.last_event_time} />
      </Table.Td>
    </Table.Tr>
  );
}

export function ChainsView() {
  useTitle('Chains');
  const query = useChains();
  return (
    <>
      <h1>Chains that several agents share</h1>
      <p className="quiet">Of the last day, the newest 200.</p>
      <Answer query={query} what="the chains">
        {({ chains }) =>
          chains.length === 0 ? (
            <Empty>
              <p>None. One appears when two agents make watched calls in the same piece of work.</p>
            </Empty>
          ) : (
            <Scroll minWidth={820} label="Chains">
              <Table aria-label="Chains" verticalSpacing={4}>
                <TableHead names={['Chain', 'Workflow', 'Agents', 'Capabilities', 'Last call']} />
                <Table.Tbody>
                  {chains.map((chain) => (
                    <Row key={chain.chain_id} chain={chain} />
                  ))}
                </Table.Tbody>
              </Table>
            </Scroll>
          )
        }
      </Answer>
    </>
  );
}

/** One chain: all calls that belong to one piece of work, whoever made them. */
function Page({ page }: { readonly page: ChainPage }) {
  const { agents, alerts, quiet, events } = page;
  const more =
    page.events_more === 0 ? '' : `; ${plural(page.events_more, 'later call')} not shown`;
  return (
    <>
      <h1>{page.workflow === '' ? 'One piece of work' : page.workflow}</h1>
      <p className="quiet wrap">
        Chain {page.chain_id}
        {page.task_ids.length > 0 && ` · task ${page.task_ids.join(', ')}`}
      </p>
      <p className="lead">
        {plural(page.calls, 'call')} by {plural(agents.length, 'agent')}:{' '}
        {agents.map(({ agent_uid: uid, calls }, at) => (
          <span key={uid}>
            {at > 0 && ', '}
            <Agent uid={uid} /> ({calls})
          </span>
        ))}
      </p>
      {alerts.length > 0 && (
        <Section id="alerts" title="Alerts" note="concluded">
          <Queue items={alerts} />
        </Section>
      )}
      {quiet.length > 0 && (
        <Section id="quiet" title="Stayed quiet" note="looked alike, and why it did not alarm">
          <QuietList chains={quiet} />
        </Section>
      )}
      <Section id="calls" title="Calls" note={`in order of time${more}`}>
        <CallTable calls={events} label="Calls of this chain" />
      </Section>
    </>
  );
}

export function ChainView({ id }: { readonly id: string }) {
  useTitle('Chain');
  return (
    <Answer query={useChain(id)} what="this chain">
      {(page) => <Page page={page} />}
    </Answer>
  );
}
