/** What an alert rests on: its calls, what was expected, what could not be seen, and the record. */
import { Code, Table } from '@mantine/core';
import type { Alert, AlertReason } from '@waywarden/schemas';
import { howSure, restsOn } from '../../core/how-sure.ts';
import type { AlertPage, TimelineCall } from '../../core/view-model.ts';
import { limitWords, plural } from '../../core/words.ts';
import { eventPath } from '../data/answers.ts';
import { Section } from './answer-states.tsx';
import { Scroll } from './table.tsx';
import { Agent, Capability, Outcome, ShortId, Time } from './terms.tsx';

function TimelineRow({
  agent,
  calls,
  all,
}: {
  readonly agent: string;
  readonly calls: readonly TimelineCall[];
  readonly all: readonly TimelineCall[];
}) {
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <Agent uid={agent} />
      </Table.Th>
      {all.map((one) => {
        const call = calls.find((mine) => mine.event_id === one.event_id);
        if (call === undefined) return <Table.Td key={one.event_id} />;
        return (
          <Table.Td key={one.event_id} className={call.proof ? 'did' : ''}>
            <Time at={call.at} short />
            <div className="wrap">{call.tool}</div>
            <div>
              {call.capabilities.map((symbol) => (
                <Capability key={symbol} symbol={symbol} />
              ))}
            </div>
            <div className="quiet">
              <span className={call.proof ? 'proof-word' : ''}>
                {(call.proof ? `proof: ${call.role}` : call.role).replaceAll('_', ' ')}
              </span>{' '}
              · <Outcome value={call.outcome} />
              {call.environment !== '' && ` in ${call.environment}`} · identity {call.assurance} ·{' '}
              <ShortId id={call.event_id} href={eventPath(call.event_id)} />
            </div>
          </Table.Td>
        );
      })}
    </Table.Tr>
  );
}

function Timeline({ page }: { readonly page: AlertPage }) {
  const { timeline, alert } = page;
  const agents = [...new Set(timeline.map((call) => call.agent_uid))];
  const missing =
    alert.evidence.length - timeline.filter((c) => c.role !== 'denied after the command').length;
  return (
    <>
      <Scroll minWidth={640} label="Evidence, by time">
        <Table aria-label="Evidence in rows of agents" className="timeline" withColumnBorders>
          <Table.Tbody>
            {agents.map((agent) => (
              <TimelineRow
                key={agent}
                agent={agent}
                all={timeline}
                calls={timeline.filter((call) => call.agent_uid === agent)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
      {missing > 0 && <p className="quiet">{plural(missing, 'call')} of it not stored yet.</p>}
    </>
  );
}

function Reasons({
  reasons,
  basis,
}: {
  readonly reasons: readonly AlertReason[];
  readonly basis: Alert['confidence_basis'];
}) {
  return (
    <Scroll minWidth={640} label="Why, expected and observed">
      <Table aria-label="Expected beside observed" verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Why</Table.Th>
            <Table.Th>Expected</Table.Th>
            <Table.Th>Observed</Table.Th>
            <Table.Th>Sample size</Table.Th>
            <Table.Th>Threshold</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {reasons.map((one) => (
            <Table.Tr key={`${one.feature}/${one.text}`}>
              <Table.Td>{one.text}</Table.Td>
              <Table.Td>{one.expected ?? '–'}</Table.Td>
              <Table.Td>
                <b>{one.observed ?? '–'}</b>
              </Table.Td>
              <Table.Td>
                {restsOn(one, basis)}
                {one.level !== undefined && <span className="quiet"> ({one.level})</span>}
              </Table.Td>
              <Table.Td>
                {one.threshold?.toLocaleString('en-GB') ?? ''}{' '}
                {one.threshold_source === undefined ? (
                  one.threshold === undefined && '–'
                ) : (
                  <span className="quiet">{limitWords(one.threshold_source)}</span>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function Classified({ page }: { readonly page: AlertPage }) {
  const { alert, runbook } = page;
  const names = Object.entries(alert.taxonomy).flatMap(([list, ids]) =>
    (ids ?? []).map((id) => `${list.toUpperCase()} ${id}`),
  );
  return (
    <>
      {runbook !== null && <p>{runbook}</p>}
      <p className="quiet">
        {names.length === 0 ? 'No taxonomy.' : names.join(' · ')} · policy{' '}
        {alert.policy_version.slice(0, 12)} · detector {alert.detector_version}
      </p>
    </>
  );
}

function Grounds({ page }: { readonly page: AlertPage }) {
  const { alert } = page;
  return (
    <>
      <Section id="sure" title="How sure">
        <p>{howSure(alert)}</p>
      </Section>
      {alert.reasons.length > 0 && (
        <Section id="reasons" title="Expected beside observed">
          <Reasons reasons={alert.reasons} basis={alert.confidence_basis} />
        </Section>
      )}
      <Section id="blind" title="Not visible" note="what could not be seen, and why">
        {alert.not_visible.length === 0 ? (
          <p>Nothing that the detector knows of was out of its sight.</p>
        ) : (
          <ul>
            {alert.not_visible.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}

function Rest({ page }: { readonly page: AlertPage }) {
  return (
    <>
      <Section id="runbook" title="Runbook and taxonomy">
        <Classified page={page} />
      </Section>
      <details>
        <summary>Raw record</summary>
        <Code block>{JSON.stringify(page.alert, null, 2)}</Code>
      </details>
    </>
  );
}

export function AlertEvidencePanel({
  page,
  part,
}: {
  readonly page: AlertPage;
  readonly part: 'timeline' | 'grounds' | 'rest';
}) {
  if (part === 'grounds') return <Grounds page={page} />;
  if (part === 'rest') return <Rest page={page} />;
  return (
    <section aria-labelledby="evidence">
      <h2 id="evidence" tabIndex={-1}>
        Evidence <span className="quiet">calls in order of time, a row an agent</span>
      </h2>
      <Timeline page={page} />
    </section>
  );
}
