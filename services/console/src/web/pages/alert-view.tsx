/**
 * One alert, in the order in which it is read: the sentence, the picture beside what was done, the
 * evidence, what was expected, what could not be seen, and the raw record last.
 */
import { useMemo } from 'react';
import { verdictSentence } from '../../core/verdict-words.ts';
import type { AlertPage } from '../../core/view-model.ts';
import { kindWords } from '../../core/words.ts';
import { useAlert } from '../data/answers.ts';
import { useKeys } from '../data/keys.ts';
import { useMay } from '../data/session.ts';
import { useTitle } from '../data/title.ts';
import { AlertEvidencePanel } from '../parts/alert-evidence.tsx';
import { Answer, Section } from '../parts/answer-states.tsx';
import { ContainmentCard } from '../parts/containment-card.tsx';
import { DecisionList } from '../parts/decision-list.tsx';
import { GrantMatrix } from '../parts/grant-matrix.tsx';
import { Agent, ChainId, SeverityMark, ShortId, Time } from '../parts/terms.tsx';
import { TriagePanel } from '../parts/triage/triage-panel.tsx';
import { VerdictSection } from '../parts/verdict-section.tsx';
import { AssemblyPicture } from '../picture/assembly-picture.tsx';

function Head({ page }: { readonly page: AlertPage }) {
  const { alert } = page;
  const { subject } = alert;
  return (
    <header className="alert-head">
      <p className="quiet">
        <SeverityMark value={alert.severity} /> · {kindWords(alert.kind)}
        {alert.assembly !== undefined && ` (${alert.rule_id})`}
        {alert.state === 'open' ? '' : ` · ${alert.state}`}
        {alert.count > 1 && ` · ${alert.count.toLocaleString('en-GB')} times`} · revision{' '}
        {alert.revision} · <Time at={alert.last_event_time} /> · <Agent uid={subject.agent_uid} />
        {subject.chain_id !== undefined && (
          <>
            {' '}
            · chain <ChainId id={subject.chain_id} />
          </>
        )}{' '}
        · alert <ShortId id={alert.alert_id} href={`/v1/alerts/${alert.alert_id}`} />
      </p>
      <h1>{alert.title}</h1>
    </header>
  );
}

function Sentences({ page }: { readonly page: AlertPage }) {
  const mayClose = useMay('triage');
  const believed = page.believed === '' ? (page.alert.reasons[0]?.text ?? '') : page.believed;
  return (
    <dl className="sentences">
      <div>
        <dt>What happened</dt>
        <dd>{page.happened}</dd>
      </div>
      {page.matters !== null && (
        <div>
          <dt>Why it matters</dt>
          <dd>{page.matters}</dd>
        </div>
      )}
      {believed !== '' && (
        <div>
          <dt>Why it is believed</dt>
          <dd>{believed}</dd>
        </div>
      )}
      {page.behalf !== null && (
        <div>
          <dt>On whose behalf</dt>
          <dd>{page.behalf}</dd>
        </div>
      )}
      <div>
        <dt>What was done</dt>
        <dd>{page.done}</dd>
      </div>
      {page.breaks !== null && (
        <div>
          <dt>What it breaks</dt>
          <dd>{page.breaks}</dd>
        </div>
      )}
      <div>
        <dt>Verdict</dt>
        <dd>
          {verdictSentence(page.verdicts, page.alert)}{' '}
          {page.verdicts.length === 0 ? (
            <a href={mayClose ? '#triage' : '#verdict'}>Give one</a>
          ) : (
            <a href="#verdict">See or change it</a>
          )}
        </dd>
      </div>
      {page.next.length > 0 && (
        <div>
          <dt>What next</dt>
          <dd>{page.next.join(' ')}</dd>
        </div>
      )}
    </dl>
  );
}

function Response({ page }: { readonly page: AlertPage }) {
  const { containments, decisions, picture } = page;
  return (
    <Section id="done" title="Response" note="actions, or why none">
      {containments.map((one) => (
        <ContainmentCard
          key={one.command.command_id}
          containment={one}
          leftBehind={picture?.residual ?? []}
        />
      ))}
      <DecisionList decisions={decisions} hasCommand={containments.length > 0} />
    </Section>
  );
}

function Page({ page }: { readonly page: AlertPage }) {
  const { picture } = page;
  return (
    <article>
      <Head page={page} />
      <Sentences page={page} />
      <div className="columns">
        <div>
          {picture !== null && (
            <Section
              id="picture"
              title="The assembly"
              note="left to right as one call led to the next"
            >
              <AssemblyPicture picture={picture} />
              <GrantMatrix picture={picture} combination={page.alert.assembly?.combination ?? ''} />
            </Section>
          )}
          {picture === null && <AlertEvidencePanel page={page} part="timeline" />}
        </div>
        <div>
          <TriagePanel alert={page.alert} decisions={page.decisions} />
          <Response page={page} />
        </div>
      </div>
      {picture !== null && <AlertEvidencePanel page={page} part="timeline" />}
      <AlertEvidencePanel page={page} part="grounds" />
      <VerdictSection page={page} />
      <AlertEvidencePanel page={page} part="rest" />
    </article>
  );
}

function goTo(id: string): void {
  const heading = document.getElementById(id);
  heading?.scrollIntoView({ block: 'start' });
  heading?.focus({ preventScroll: true });
}

export function AlertView({ id }: { readonly id: string }) {
  const query = useAlert(id);
  useTitle(query.data?.alert.title ?? 'Alert');
  useKeys(
    useMemo(
      () => ({
        e: () => goTo('evidence'),
        v: () => goTo('verdict'),
      }),
      [],
    ),
  );
  return (
    <Answer query={query} what="this alert">
      {(page) => <Page page={page} />}
    </Answer>
  );
}
