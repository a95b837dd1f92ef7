/** Registries and policies that wait for a second person, and what became of earlier ones. */
import { useState } from 'react';
import type { ProposalRow } from '../../core/rules-model.ts';
import { decideProposal, useProposals, useProposedText } from '../data/rules.ts';
import { useMay, useSession } from '../data/session.ts';
import { Problem } from './act.tsx';
import { Answer, Empty } from './answer-states.tsx';
import { ReasonedButton } from './reasoned-button.tsx';
import { Time } from './terms.tsx';

const ENDED_SHOWN = 10;

function WholeFile({ id }: { readonly id: string }) {
  const [isOpen, setOpen] = useState(false);
  const { data, error } = useProposedText(id, isOpen);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The whole file</summary>
      <Problem text={error?.message ?? ''} />
      <pre className="words">{data?.text ?? (isOpen ? 'It is not there any more.' : '')}</pre>
    </details>
  );
}

function Waiting({ one }: { readonly one: ProposalRow }) {
  const { data: session } = useSession();
  const mayPublish = useMay('admin');
  const mayWithdraw = useMay('respond');
  const isOwn = session?.uid === one.by;
  const decide = (act: 'publish' | 'withdraw', outcome: string) => async (reason: string) => {
    await decideProposal(one.id, act, reason);
    return outcome;
  };
  return (
    <div className="card stack">
      <p>
        <b>Another {one.kind}</b>, proposed by {one.by}, <Time at={one.at} />: <q>{one.reason}</q>
      </p>
      <pre className="words">{one.changes.join('\n')}</pre>
      <WholeFile id={one.id} />
      <Problem text={one.problem ?? ''} />
      <div className="acts">
        <ReasonedButton
          label="Publish…"
          title={`Publish this ${one.kind}`}
          disabled={!mayPublish || isOwn || one.problem !== null}
          give={decide('publish', 'Published.')}
        />
        <ReasonedButton
          label="Withdraw…"
          title={`Withdraw this ${one.kind}`}
          disabled={!mayWithdraw}
          give={decide('withdraw', 'Withdrawn.')}
        />
        {isOwn && <span className="quiet">You proposed it: another admin publishes it.</span>}
        {!isOwn && !mayPublish && <span className="quiet">An admin publishes it.</span>}
      </div>
    </div>
  );
}

export function RuleProposals() {
  return (
    <Answer query={useProposals()} what="the proposals">
      {({ proposals }) => {
        const waiting = proposals.filter(({ state }) => state === 'waits');
        const ended = proposals.filter(({ state }) => state !== 'waits').slice(0, ENDED_SHOWN);
        return (
          <div className="stack">
            {waiting.length === 0 && (
              <Empty>
                <p>None waits. Check a file below, then propose it.</p>
              </Empty>
            )}
            {waiting.map((one) => (
              <Waiting key={one.id} one={one} />
            ))}
            {ended.length > 0 && (
              <ul className="plain">
                {ended.map((one) => (
                  <li key={one.id}>
                    {one.kind} of {one.by}: {one.state} by {one.ended?.by},{' '}
                    <Time at={one.ended?.at ?? one.at} short />: <q>{one.ended?.reason}</q>
                  </li>
                ))}
              </ul>
            )}
          </div>
        );
      }}
    </Answer>
  );
}
