/**
 * What people found of an alert, and how to say it. The command names the revision that was opened: an alert that is
 * told anew while somebody reads would else be judged for what nobody looked at.
 */
import { Button } from '@mantine/core';
import type { Alert } from '@waywarden/schemas';
import { useState } from 'react';
import type { ClaimedVerdict, ReportedRevision } from '../../core/verdict-model.ts';
import {
  foundWords,
  sinceWords,
  standingWords,
  verdictSentence,
} from '../../core/verdict-words.ts';
import type { AlertPage } from '../../core/view-model.ts';
import { listOf, plural } from '../../core/words.ts';
import { useMay } from '../data/session.ts';
import { Section } from './answer-states.tsx';
import { Mark } from './mark.tsx';
import { SeverityMark, Time } from './terms.tsx';
import { Effects, VerdictForm } from './verdict-form.tsx';

function Claimed({ one, alert }: { readonly one: ClaimedVerdict; readonly alert: Alert }) {
  const counts = one.standing === 'counts';
  const since = counts ? sinceWords(one, alert) : '';
  return (
    <li className={`verdict-${one.standing}`}>
      <Mark shape={counts ? 'ok' : 'waiting'} /> <b>{foundWords(one)}</b> by {listOf(one.by)},{' '}
      {one.revision === null ? 'no revision named' : `of revision ${one.revision}`}:{' '}
      <q>{one.reason}</q>{' '}
      <span className="quiet">
        <Time at={one.at} /> · {standingWords(one)}
      </span>
      {since !== '' && (
        <div>
          <Mark shape="warning" /> {since}
        </div>
      )}
    </li>
  );
}

function Revisions({ reported }: { readonly reported: readonly ReportedRevision[] }) {
  const [latest] = reported;
  if (latest === undefined) return null;
  return (
    <details>
      <summary>
        {latest.revision === reported.length
          ? plural(reported.length, 'revision')
          : `The latest ${reported.length} of ${latest.revision} revisions`}
      </summary>
      <ol className="plain revisions">
        {reported.map((one) => (
          <li key={one.revision}>
            <b>Revision {one.revision}</b> <Time at={one.at} /> ·{' '}
            <SeverityMark value={one.severity} />
            {one.state === 'open' ? '' : ` · ${one.state}`} ·{' '}
            {one.count === 1 ? 'once' : `${one.count.toLocaleString('en-GB')} times`}: {one.title}
          </li>
        ))}
      </ol>
    </details>
  );
}

/** A newer revision came while the page was open: the person says when it was looked at. */
function Newer({
  seen,
  now,
  onLooked,
}: {
  readonly seen: Alert;
  readonly now: Alert;
  readonly onLooked: () => void;
}) {
  return (
    <div className="problem" role="status">
      <p>
        <Mark shape="warning" />{' '}
        <b>
          Revision {now.revision} was told while this page was open; the command still names
          revision {seen.revision}, which you opened.
        </b>
      </p>
      <p>
        Then: {seen.title} ({plural(seen.count, 'time')}). Now: {now.title} (
        {plural(now.count, 'time')}).
      </p>
      <Button size="compact-md" variant="default" onClick={onLooked}>
        I have looked at revision {now.revision}
      </Button>
    </div>
  );
}

function ByKey({ page }: { readonly page: AlertPage }) {
  const { alert } = page;
  const [seen, setSeen] = useState(alert);
  return (
    <>
      <h3 className="verdict-judge">Judge revision {seen.revision}</h3>
      {alert.revision > seen.revision && (
        <Newer seen={seen} now={alert} onLooked={() => setSeen(alert)} />
      )}
      <VerdictForm page={page} seen={seen} />
    </>
  );
}

function ByClosing({ page }: { readonly page: AlertPage }) {
  return (
    <>
      <p>
        The verdict is given by closing the alert, under <a href="#triage">Triage</a>; the last one
        counts.
      </p>
      <Effects page={page} seen={page.alert} asChoice={false} />
    </>
  );
}

export function VerdictSection({ page }: { readonly page: AlertPage }) {
  const { alert, verdicts, reported } = page;
  const mayClose = useMay('triage');
  return (
    <Section id="verdict" title="Verdict" note="what people found">
      {verdicts.length === 0 ? (
        <p>{verdictSentence(verdicts, alert)}</p>
      ) : (
        <ul className="plain verdicts">
          {verdicts.map((one) => (
            <Claimed key={one.decision_id} one={one} alert={alert} />
          ))}
        </ul>
      )}
      <Revisions reported={reported} />
      {mayClose ? <ByClosing page={page} /> : <ByKey page={page} />}
    </Section>
  );
}
