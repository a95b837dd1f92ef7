/** One call: who, what, against what, how it came out, and which alerts cite it; the raw record last. */
import { Code } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { EventPage } from '../../core/lists/work-model.ts';
import { alertPath } from '../data/answers.ts';
import { useTitle } from '../data/title.ts';
import { useEvent } from '../data/work.ts';
import { Answer, Section } from '../parts/answer-states.tsx';
import { EventWhy } from '../parts/event-why.tsx';
import { Agent, Capability, ChainId, Outcome, SeverityMark, Time } from '../parts/terms.tsx';

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Facts({ event }: { readonly event: EventPage['event'] }) {
  const { tool, target, task, agent } = event;
  const name =
    tool === undefined ? event.activity : [tool.server, tool.name].filter(Boolean).join('/');
  const against = [target?.system, target?.resource_type, target?.resource_id, target?.environment]
    .filter(Boolean)
    .join(' ');
  return (
    <dl className="facts">
      <Fact name="When">
        <Time at={event.event_time} />
      </Fact>
      <Fact name="Agent">
        <Agent uid={agent.uid} />{' '}
        <span className="quiet">
          {agent.uid}, identity {agent.assurance}
        </span>
      </Fact>
      <Fact name="Call">
        {name} <span className="quiet">{event.effect}</span>
      </Fact>
      {against !== '' && <Fact name="Target">{against}</Fact>}
      <Fact name="Outcome">
        <Outcome value={event.outcome} />
      </Fact>
      <Fact name="Capabilities">
        {event.capabilities.length === 0
          ? 'none that is watched'
          : event.capabilities.map(({ symbol }) => <Capability key={symbol} symbol={symbol} />)}
      </Fact>
      <Fact name="Task">{task?.id ?? '–'}</Fact>
      <Fact name="Workflow">{task?.workflow ?? '–'}</Fact>
      <Fact name="Chain">
        <ChainId id={event.chain_id} />
      </Fact>
    </dl>
  );
}

function Page({ page }: { readonly page: EventPage }) {
  return (
    <article>
      <h1>Call {page.event.event_id.slice(0, 8)}</h1>
      <p>{page.sentence}</p>
      <Facts event={page.event} />
      <Section id="cited" title="Alerts that cite it">
        {page.alerts.length === 0 ? (
          <p className="quiet">None.</p>
        ) : (
          <ul className="plain related">
            {page.alerts.map((one) => (
              <li key={one.alert_id}>
                <SeverityMark value={one.severity} />{' '}
                <Link href={alertPath(one.alert_id)}>{one.title}</Link>
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section id="why" title="Why it is, or is not, an alert">
        <EventWhy id={page.event.event_id} />
      </Section>
      <details>
        <summary>The whole record</summary>
        <Code block>{JSON.stringify(page.event, null, 2)}</Code>
      </details>
    </article>
  );
}

export function EventView({ id }: { readonly id: string }) {
  useTitle(`Call ${id.slice(0, 8)}`);
  const query = useEvent(id);
  return (
    <Answer query={query} what="this call">
      {(page) => <Page page={page} />}
    </Answer>
  );
}
