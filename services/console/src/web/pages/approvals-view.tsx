/** What waits for a person: acts that need a second one, and orders that a guard held back. */
import { Link } from 'wouter';
import type { PausedDecision, PendingAct } from '../../core/lists/approvals-model.ts';
import { isWaiting } from '../../core/triage/tuning.ts';
import { actionWords, listOf, reasonWords } from '../../core/words.ts';
import { alertPath } from '../data/answers.ts';
import { useNowMs } from '../data/present.ts';
import { useTunings } from '../data/rules.ts';
import { useMay, useSession } from '../data/session.ts';
import { useTitle } from '../data/title.ts';
import { given, useApprovals, useEnforcement, wireTarget } from '../data/work.ts';
import { Answer, Empty, Section } from '../parts/answer-states.tsx';
import { ReasonedButton } from '../parts/reasoned-button.tsx';
import { Agent, Time } from '../parts/terms.tsx';

const MINUTE_MS = 60_000;

function agreeing({ again }: PendingAct): object {
  const { target, ...rest } = again;
  if (target === undefined) return rest;
  const { tenant_id: _, ...of } = wireTarget(target);
  return { ...rest, target: of };
}

function Decline({ what, decision }: { readonly what: string; readonly decision: string }) {
  return (
    <ReasonedButton
      label="Decline"
      title={`Decline: ${what}`}
      give={given({ act: 'decline', decision_id: decision })}
      disabled={!useMay('respond')}
    />
  );
}

function Pending({ one }: { readonly one: PendingAct }) {
  const { data: session } = useSession();
  const nowMs = useNowMs();
  const may = useMay('respond');
  const isOwn = one.by.includes(session?.uid ?? '');
  const { action, target } = one.again;
  const what = action === undefined || target === undefined ? one.act : actionWords(action, target);
  const left = Math.max(0, Math.ceil((one.until_ms - nowMs) / MINUTE_MS));
  return (
    <li className="card stack">
      <div>
        <b>{what}</b>, given by {listOf(one.by)} <Time at={one.at} />: <q>{one.reason}</q>
      </div>
      <div className="acts">
        <ReasonedButton
          label="Agree"
          title={`Agree: ${what}`}
          give={given(agreeing(one))}
          disabled={!may || isOwn}
        />
        {one.again.decision_id !== undefined && (
          <Decline what={what} decision={one.again.decision_id} />
        )}
        <span className="quiet">
          {isOwn ? 'Yours: another person must agree' : 'It has effect when you agree'}; {left} min
          left.
        </span>
      </div>
    </li>
  );
}

function InHand({ one }: { readonly one: PausedDecision }) {
  const may = useMay('respond');
  const what = one.target === null ? 'act' : actionWords(one.action ?? '', one.target);
  return (
    <li className="card stack">
      <div>
        Rule <code>{one.rule_id}</code> would <b>{what}</b>. Held back, because{' '}
        {listOf(one.reasons.map(reasonWords))}.
      </div>
      {one.would_break != null && <div>{one.would_break.words}</div>}
      <div className="quiet">
        <Agent uid={one.agent_uid} /> · <Time at={one.at} />
        {one.alert_id !== null && (
          <>
            {' '}
            · <Link href={alertPath(one.alert_id)}>the alert</Link>
          </>
        )}
      </div>
      <div className="acts">
        <ReasonedButton
          label="Approve"
          title={`Approve: ${what}`}
          give={given({ act: 'approve', decision_id: one.decision_id })}
          disabled={!may}
        />
        <Decline what={what} decision={one.decision_id} />
      </div>
    </li>
  );
}

/** Two people pause enforcement, and two resume it. */
function Pausing() {
  const { data } = useEnforcement();
  const may = useMay('respond');
  if (data === undefined) return null;
  const act = data.paused ? 'resume' : 'pause';
  const label = data.paused ? 'Resume enforcement' : 'Pause enforcement';
  return (
    <div className="acts">
      <span>
        {data.paused ? 'No rule acts by itself.' : 'Rules in mode enforce act by themselves.'}
      </span>
      <ReasonedButton
        label={label}
        title={`${label}: takes two people`}
        give={given({ act })}
        disabled={!may}
      />
    </div>
  );
}

function ProposedTunings() {
  const { data } = useTunings();
  const nowMs = useNowMs();
  const waiting = (data?.changes ?? []).filter((one) => isWaiting(one, nowMs));
  if (waiting.length === 0) return null;
  return (
    <Section id="tunings" title="Changes of rules waiting for a second person">
      <ul className="plain">
        {waiting.map((one) => (
          <li key={one.tuning.tuning_id} className="card">
            <b>{one.tuning.what}</b>, proposed by {one.by} <Time at={one.at} />: <q>{one.reason}</q>{' '}
            · <Link href={alertPath(one.alert_id)}>the alert</Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function ApprovalsView() {
  useTitle('Approvals');
  const query = useApprovals();
  return (
    <>
      <h1>Approvals</h1>
      <Pausing />
      <Answer query={query} what="what waits for approval">
        {({ pending, inHand }) => (
          <>
            <Section id="pending" title="Waiting for a second person">
              {pending.length === 0 ? (
                <Empty>
                  <p>Nothing. An act that takes two people waits here for 15 minutes.</p>
                </Empty>
              ) : (
                <ul className="plain">
                  {pending.map((one) => (
                    <Pending key={one.act_id} one={one} />
                  ))}
                </ul>
              )}
            </Section>
            <Section id="held" title="Held back by a guard" note="of the last 7 days">
              {inHand.length === 0 ? (
                <Empty>
                  <p>
                    Nothing. What a rule would have commanded and a guard left to people stands
                    here.
                  </p>
                </Empty>
              ) : (
                <ul className="plain">
                  {inHand.map((one) => (
                    <InHand key={one.decision_id} one={one} />
                  ))}
                </ul>
              )}
            </Section>
            <ProposedTunings />
          </>
        )}
      </Answer>
    </>
  );
}
