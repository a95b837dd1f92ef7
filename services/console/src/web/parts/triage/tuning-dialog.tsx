/**
 * After a false positive: the narrowest change that would keep it from coming again, tried on the last days, with what it
 * would hide before it is accepted.
 */
import { Button, Checkbox, Code, Modal, NativeSelect, Radio } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type {
  RestsOn,
  TuningEffect,
  TuningOption,
  TuningPreview,
} from '../../../core/triage/tuning.ts';
import { plural } from '../../../core/words.ts';
import { alertPath } from '../../data/answers.ts';
import { acceptTuning, useTuningPreview } from '../../data/rules.ts';
import { useMay, useSession } from '../../data/session.ts';
import { Problem, useAct } from '../act.tsx';
import { Mark } from '../mark.tsx';
import { isReason, ReasonField } from '../reasoned-button.tsx';
import { SeverityMark } from '../terms.tsx';
import { stateWords } from './alert-table.tsx';

const DAYS = ['7', '30', '90'];
const LASTS = ['1d', '7d', '30d', '90d'];

const hides = (effect: TuningEffect | null): number =>
  effect === null ? 0 : effect.true_positives + effect.unjudged;

const RESTS_ON: Readonly<Record<RestsOn, string>> = {
  calls: 'It rests on their stored calls, decided again.',
  alerts: 'It rests on what the alerts say, not on calls decided again.',
  values:
    'It rests on the value that each alert names, for a threshold just beyond this one: what lies within it goes. Calls were not decided again; the dry run on the page Rules does that.',
};

function Effect({ effect }: { readonly effect: TuningEffect }) {
  const { days, alike, tried, gone, true_positives: right, unjudged, contained } = effect;
  const others = gone - right - unjudged;
  return (
    <div className="stack tuning-effect">
      <p role="status">
        {tried < alike
          ? `Of ${plural(alike, 'alert')} of the last ${days} days, the newest ${tried} were replayed: `
          : `Replayed on ${plural(tried, 'alert')} of the last ${days} days: `}
        <b>{plural(gone, 'alert')}</b> would not have come. {RESTS_ON[effect.rests_on]}
        {effect.not_replayed > 0 &&
          ` ${plural(effect.not_replayed, 'alert')} could not be decided again: ${effect.rests_on === 'values' ? 'no value is named' : 'the calls are stored no longer'}.`}
      </p>
      <dl className="counts">
        <div className={right > 0 ? 'counts-bad' : ''}>
          <dt>true positives hidden</dt>
          <dd>{right}</dd>
        </div>
        <div className={unjudged > 0 ? 'counts-bad' : ''}>
          <dt>open, not judged yet</dt>
          <dd>{unjudged}</dd>
        </div>
        <div>
          <dt>this one, and judged false or benign</dt>
          <dd>{others}</dd>
        </div>
        <div className={contained > 0 ? 'counts-bad' : ''}>
          <dt>with access revoked</dt>
          <dd>{contained}</dd>
        </div>
      </dl>
      <ul className="plain related">
        {effect.shown.map((item) => (
          <li key={item.alert_id}>
            <SeverityMark value={item.alert.severity} />{' '}
            <Link href={alertPath(item.alert_id)}>{item.alert.title}</Link>{' '}
            <span className="quiet">{stateWords(item.triage)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Option({ option }: { readonly option: TuningOption }) {
  return (
    <div className="stack">
      <p>{option.words}</p>
      {option.entry !== null && (
        <details>
          <summary>What is added to the registry</summary>
          <Code block>{option.entry}</Code>
        </details>
      )}
      {option.effect !== null && <Effect effect={option.effect} />}
      {option.refused !== null && (
        <p className="problem">
          <Mark shape="warning" /> {option.refused}
        </p>
      )}
    </div>
  );
}

function Choice({
  preview,
  alertId,
  onDone,
}: {
  readonly preview: TuningPreview;
  readonly alertId: string;
  readonly onDone: () => void;
}) {
  const [what, setWhat] = useState(preview.options[0]?.what);
  const [lasts, setLasts] = useState('30d');
  const [reason, setReason] = useState('');
  const [looked, setLooked] = useState(false);
  const act = useAct();
  const option = preview.options.find((one) => one.what === what);
  const proposed = option?.proposed_by ?? null;
  const isProposal = option?.permission === 'admin' && proposed === null;
  const may = useMay(isProposal ? 'respond' : (option?.permission ?? 'respond'));
  const { data: session } = useSession();
  const isOwn = proposed !== null && proposed === session?.uid;
  if (option === undefined) return <p>There is nothing to propose.</p>;
  const hidden = hides(option.effect);
  const isReady =
    option.refused === null && isReason(reason) && (hidden === 0 || looked) && may && !isOwn;
  const accept = async () => {
    const given = { alert_id: alertId, days: preview.days, expires_in: lasts, reason };
    if (await act.run(() => acceptTuning(option, given))) onDone();
  };
  return (
    <div className="stack">
      <Radio.Group
        label="Change, the narrowest first"
        value={what ?? ''}
        onChange={(value) => {
          setWhat(preview.options.find((one) => one.what === value)?.what);
          setLooked(false);
        }}
      >
        <div className="stack">
          {preview.options.map((one) => (
            <Radio key={one.what} value={one.what} label={one.title} />
          ))}
        </div>
      </Radio.Group>
      <Option option={option} />
      {option.scope !== null && (
        <NativeSelect
          label="Expires after"
          data={LASTS}
          value={lasts}
          onChange={(event) => setLasts(event.currentTarget.value)}
        />
      )}
      {hidden > 0 && option.refused === null && (
        <Checkbox
          checked={looked}
          onChange={(event) => setLooked(event.currentTarget.checked)}
          label={`I have looked at the ${plural(hidden, 'alert')} that it would hide`}
        />
      )}
      {option.refused === null && <ReasonField value={reason} onChange={setReason} />}
      <Problem text={act.problem} />
      {proposed !== null && (
        <p className="quiet">
          {isOwn ? 'You proposed it: another person must accept it.' : `Proposed by ${proposed}.`}
        </p>
      )}
      {!may && (
        <p className="quiet">
          {proposed !== null ? 'Accepting takes an admin.' : 'This takes a responder.'}
        </p>
      )}
      <Button loading={act.busy} disabled={!isReady} onClick={() => void accept()}>
        {isProposal ? 'Propose the change' : 'Accept the change'}
      </Button>
    </div>
  );
}

export function TuningDialog({
  alertId,
  onClose,
}: {
  readonly alertId: string;
  readonly onClose: () => void;
}) {
  const [days, setDays] = useState('30');
  const { data, problem } = useTuningPreview(alertId, Number(days));
  return (
    <Modal
      opened
      onClose={onClose}
      title="Keep it from coming again"
      size="xl"
      closeButtonProps={{ 'aria-label': 'Not now' }}
    >
      <div className="stack">
        <p>
          The verdict is given. A change of rules is optional, versioned, and can be reverted on the
          page <Link href="/rules">Rules</Link>.
        </p>
        <NativeSelect
          label="Try it on the last"
          data={DAYS.map((value) => ({ value, label: `${value} days` }))}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
        <Problem text={problem} />
        {data === undefined && problem === '' && (
          <p className="quiet">Trying changes on the last {days} days…</p>
        )}
        {data !== undefined && (
          <>
            <Choice key={data.days} preview={data} alertId={alertId} onDone={onClose} />
            {data.not_proposed.map((why) => (
              <p key={why} className="quiet">
                {why}
              </p>
            ))}
          </>
        )}
      </div>
    </Modal>
  );
}
