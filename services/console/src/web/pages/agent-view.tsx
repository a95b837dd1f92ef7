/** One agent: what it is allowed, what it did, what was concluded of it. */
import { Table } from '@mantine/core';
import type { AgentFacts, AgentPage, UsedTool } from '../../core/view-model.ts';
import { shortName } from '../../core/words.ts';
import { useAgent } from '../data/answers.ts';
import { useTitle } from '../data/title.ts';
import { Answer, Empty, Section } from '../parts/answer-states.tsx';
import { CallTable } from '../parts/call-table.tsx';
import { ContainmentLine } from '../parts/containment-card.tsx';
import { Mark } from '../parts/mark.tsx';
import { Queue } from '../parts/queue.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { Capability, Time } from '../parts/terms.tsx';

function sentence({ facts, calls, alerts }: AgentPage): string {
  const what = facts.registered
    ? `Registered as ${facts.class.replaceAll('_', ' ')}${facts.owner === null ? ', without an owner' : `, owned by ${facts.owner}`}.`
    : 'Not in the registry: nobody says who owns it or what it may do.';
  const open = alerts.filter((one) => one.state === 'open').length;
  return `${what} ${calls.toLocaleString('en-GB')} calls are stored; ${open} of its alerts ${open === 1 ? 'is' : 'are'} open.`;
}

function Facts({ facts }: { readonly facts: AgentFacts }) {
  const rows: readonly (readonly [string, string | null])[] = [
    ['Class', facts.registered ? facts.class.replaceAll('_', ' ') : null],
    ['Plane', facts.plane],
    ['Role', facts.role],
    ['Owner', facts.owner],
    ['State', facts.state],
    ['Criticality', facts.criticality],
    ['Workflows', facts.workflows.length === 0 ? null : facts.workflows.join(', ')],
    ['Risk review', facts.review],
    ['Never revoked', facts.never_revoke ? 'yes' : null],
  ];
  return (
    <dl className="facts">
      {rows.map(
        ([name, value]) =>
          value !== null && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
      <div>
        <dt>Granted</dt>
        <dd>
          {facts.granted === null
            ? 'not known'
            : facts.granted.length === 0
              ? 'nothing'
              : facts.granted.map((one) => <Capability key={one} symbol={one} />)}
        </dd>
      </div>
    </dl>
  );
}

function Tool({ tool }: { readonly tool: UsedTool }) {
  return (
    <Table.Tr>
      <Table.Td className="wrap">{tool.tool}</Table.Td>
      <Table.Td>
        {tool.capabilities.map((one) => (
          <Capability key={one} symbol={one} />
        ))}
      </Table.Td>
      <Table.Td className="number">{tool.calls.toLocaleString('en-GB')}</Table.Td>
      <Table.Td className="number">{tool.denied.toLocaleString('en-GB')}</Table.Td>
      <Table.Td>
        <Time at={tool.first} />
      </Table.Td>
      <Table.Td>
        <Time at={tool.last} />
      </Table.Td>
    </Table.Tr>
  );
}

function Tools({ tools }: { readonly tools: readonly UsedTool[] }) {
  return (
    <Scroll minWidth={640} label="Tools">
      <Table aria-label="Tools used" verticalSpacing={3} className="calls">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Tool</Table.Th>
            <Table.Th>Could do</Table.Th>
            <Table.Th className="number">Calls</Table.Th>
            <Table.Th className="number">Denied</Table.Th>
            <Table.Th>First</Table.Th>
            <Table.Th>Last</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tools.map((tool) => (
            <Tool key={tool.tool} tool={tool} />
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function Page({ page }: { readonly page: AgentPage }) {
  const { facts, alerts, containments, tools, events } = page;
  return (
    <>
      <h1>{shortName(facts.agent_uid)}</h1>
      <p className="quiet wrap">{facts.agent_uid}</p>
      <p className="lead">
        {!facts.registered && <Mark shape="warning" />} {sentence(page)}
      </p>
      <div className="columns">
        <div>
          <Section id="alerts" title="Alerts" note="concluded">
            {alerts.length === 0 ? (
              <Empty>
                <p>None. What is concluded about this agent, alone or with others, appears here.</p>
              </Empty>
            ) : (
              <Queue items={alerts} />
            )}
          </Section>
          <Section id="tools" title="What it did" note="all that is stored, by tool">
            <Tools tools={tools} />
          </Section>
        </div>
        <div>
          <Section id="facts" title="What it is">
            <Facts facts={facts} />
          </Section>
          {containments.length > 0 && (
            <Section id="contained" title="Containments" note="done">
              {containments.map((one) => (
                <ContainmentLine key={one.command.command_id} containment={one} />
              ))}
            </Section>
          )}
        </div>
      </div>
      <Section id="calls" title="Calls" note={`the newest ${events.length}`}>
        <CallTable calls={events} label="Calls of this agent" withAgent={false} withChain />
      </Section>
    </>
  );
}

export function AgentView({ uid }: { readonly uid: string }) {
  useTitle('Agent');
  return (
    <Answer query={useAgent(uid)} what="this agent">
      {(page) => <Page page={page} />}
    </Answer>
  );
}
