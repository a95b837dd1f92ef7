/** One agent: what it is allowed, what it did, what was concluded of it. */
import { Button, Table } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { AgentProfile } from '../../core/agent-profile.ts';
import type { AgentFacts, AgentPage, UsedTool } from '../../core/view-model.ts';
import { shortName } from '../../core/words.ts';
import { useAgent } from '../data/answers.ts';
import { useKeys } from '../data/keys.ts';
import { useMay, useSession } from '../data/session.ts';
import { useTitle } from '../data/title.ts';
import { AgentTimelineList } from '../parts/agent-timeline.tsx';
import { Answer, Empty, Section } from '../parts/answer-states.tsx';
import { ContainmentLine } from '../parts/containment-card.tsx';
import { BaselineCharts } from '../parts/distribution.tsx';
import { Mark } from '../parts/mark.tsx';
import { Queue } from '../parts/queue.tsx';
import { RevokeDialog } from '../parts/revoke-dialog.tsx';
import { Scroll } from '../parts/table.tsx';
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
            <Table.Th>Capabilities</Table.Th>
            <Table.Th className="number">Calls</Table.Th>
            <Table.Th className="number">Denied</Table.Th>
            <Table.Th>First seen</Table.Th>
            <Table.Th>Last seen</Table.Th>
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

function Seen({
  name,
  label,
  rows,
}: {
  readonly name: string;
  readonly label: string;
  readonly rows: readonly {
    readonly id: string;
    readonly calls: number;
    readonly first: string;
    readonly last: string;
    readonly more: string;
  }[];
}) {
  return (
    <Scroll minWidth={640} label={label}>
      <Table aria-label={label} verticalSpacing={3} className="calls">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{name}</Table.Th>
            <Table.Th className="number">Calls</Table.Th>
            <Table.Th>First seen</Table.Th>
            <Table.Th>Last seen</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td className="wrap">
                {one.id} <span className="quiet">{one.more}</span>
              </Table.Td>
              <Table.Td className="number">{one.calls.toLocaleString('en-GB')}</Table.Td>
              <Table.Td>
                <Time at={one.first} />
              </Table.Td>
              <Table.Td>
                <Time at={one.last} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function Grants({ page }: { readonly page: AgentPage }) {
  const { used, unused, beyond } = page.grants;
  const rows = [
    ['Granted and used', used],
    ['Granted, not used by stored calls', unused],
    ['Used without a grant', beyond],
  ] as const;
  return (
    <dl className="grants">
      {rows.map(([name, symbols]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {symbols === null
              ? 'not known'
              : symbols.length === 0
                ? 'nothing'
                : symbols.map((one) => <Capability key={one} symbol={one} />)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Reached({ profile }: { readonly profile: AgentProfile }) {
  const { targets, credentials } = profile;
  return (
    <>
      {targets.length > 0 && (
        <Section id="targets" title="What it reached">
          <Seen
            name="Target"
            label="Targets reached"
            rows={targets.map((one) => ({
              ...one,
              id: one.target,
              more: one.denied > 0 ? `${one.denied.toLocaleString('en-GB')} denied` : '',
            }))}
          />
        </Section>
      )}
      {credentials.length > 0 && (
        <Section id="credentials" title="Credentials" note="those in use longest, at most ten">
          <Seen
            name="Credential"
            label="Credentials"
            rows={credentials.map((one) => ({ ...one, id: one.credential_uid, more: one.type }))}
          />
        </Section>
      )}
    </>
  );
}

function Revoke({ uid }: { readonly uid: string }) {
  const [isOpen, setOpen] = useState(false);
  const may = useMay('respond');
  const { data: session } = useSession();
  useKeys(useMemo(() => ({ r: () => setOpen(may) }), [may]));
  return (
    <div className="acts">
      <Button size="compact-sm" variant="default" disabled={!may} onClick={() => setOpen(true)}>
        Revoke… (r)
      </Button>
      {isOpen && (
        <RevokeDialog
          subjects={[{ agent_uid: uid }]}
          tenant={session?.tenant ?? ''}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}

function Page({ page }: { readonly page: AgentPage }) {
  const { facts, alerts, containments, tools, profile } = page;
  return (
    <>
      <h1>{shortName(facts.agent_uid)}</h1>
      <p className="quiet wrap">{facts.agent_uid}</p>
      <Revoke uid={facts.agent_uid} />
      <p className="lead">
        {!facts.registered && <Mark shape="warning" />} {sentence(page)}
      </p>
      <div className="columns">
        <div>
          <Section id="alerts" title="Alerts">
            {alerts.length === 0 ? (
              <Empty>
                <p>None. What is concluded about this agent, alone or with others, appears here.</p>
              </Empty>
            ) : (
              <Queue items={alerts} />
            )}
          </Section>
          {profile !== null && (
            <Section id="baselines" title="What is usual" note="days with calls; the newest marked">
              <BaselineCharts baselines={profile.baselines} />
            </Section>
          )}
          <Section id="tools" title="Tools" note="all that is stored">
            <Tools tools={tools} />
          </Section>
          {profile !== null && <Reached profile={profile} />}
        </div>
        <div>
          <Section id="facts" title="What it is">
            <Facts facts={facts} />
          </Section>
          <Section id="grants" title="Grants beside use">
            <Grants page={page} />
          </Section>
          {containments.length > 0 && (
            <Section id="contained" title="Containment actions">
              {containments.map((one) => (
                <ContainmentLine key={one.command.command_id} containment={one} />
              ))}
            </Section>
          )}
        </div>
      </div>
      <Section id="timeline" title="Timeline" note="calls, alerts and response actions">
        <AgentTimelineList uid={facts.agent_uid} />
      </Section>
    </>
  );
}

export function AgentView({ uid }: { readonly uid: string }) {
  useTitle(shortName(uid));
  return (
    <Answer query={useAgent(uid)} what="this agent">
      {(page) => <Page page={page} />}
    </Answer>
  );
}
