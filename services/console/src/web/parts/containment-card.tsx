/**
 * One containment with its clock: sent, applied and confirmed are three different things, and the
 * page never says one for the other.
 */

import { Link } from 'wouter';
import type {
  ClockStep,
  Containment,
  ContainmentState,
  DeniedBy,
  ReceiverState,
} from '../../core/containment-model.ts';
import type { AlertPage } from '../../core/view-model.ts';
import { actionWords, shortName, targetWords } from '../../core/words.ts';
import { alertPath } from '../data/answers.ts';
import { clock as clockTime, elapsed } from '../data/times.ts';
import { Mark, type Shape } from './mark.tsx';
import { Time } from './terms.tsx';

const STATES: Readonly<Record<ContainmentState, readonly [Shape, string]>> = {
  issued: ['waiting', 'Ordered, no receipt yet'],
  delivered: ['waiting', 'Arrived, no receipt yet'],
  usable_until: ['warning', 'Applied, but some tokens stay usable for now'],
  re_mintable: ['warning', 'Applied, but a new token could be had'],
  contained: ['waiting', 'Contained, not confirmed yet'],
  unconfirmed: ['warning', 'Unconfirmed: nothing shows that it holds'],
  accepted: ['waiting', 'Accepted, not applied yet'],
  applied: ['waiting', 'Applied, not confirmed yet'],
  carried_out: ['ok', 'Done; it takes no access away'],
  confirmed: ['ok', 'Contained, confirmed by a denied call'],
  leaked: ['warning', 'Leaked: access was still there'],
  failed: ['warning', 'Not contained: a receiver did not apply it'],
  expired: ['waiting', 'Ended: the command has expired'],
  restoring: ['warning', 'Restoring: not yet confirmed by all'],
  restored: ['ok', 'Restored'],
};

const CONFIRMED_BY_SILENCE = ['ok', 'Contained, confirmed by its silence'] as const;

const CONFIRMED_BY_PROBE = ['ok', 'Contained, confirmed by trying it'] as const;

/** The state in words; of a confirmed one, by what. */
function markOf({ state, by_silence, by_probe }: Containment): readonly [Shape, string] {
  if (state !== 'confirmed') return STATES[state];
  if (by_probe) return CONFIRMED_BY_PROBE;
  return by_silence ? CONFIRMED_BY_SILENCE : STATES.confirmed;
}

const STEPS: Readonly<Record<ClockStep['step'], string>> = {
  event: 'Deciding call',
  alert: 'Alert',
  command: 'Command',
  receipt: 'Receipt: applied',
  denial: 'A later call denied',
};

const DENIED: Readonly<Record<DeniedBy, string>> = {
  this: 'The record of the denied call names this order as its ground.',
  unnamed: 'The record of the denied call names no ground, so only its time speaks for this order.',
};

const RECEIPTS: Readonly<Record<ReceiverState['state'], string>> = {
  waiting: 'no receipt yet',
  accepted: 'accepted it',
  applied: 'applied it',
  partial: 'applied a part of it',
  unsupported: 'can’t carry it out',
  failed: 'failed',
  expired: 'let it expire',
};

/** Times inside a receiver's own words, without what nobody reads. */
export const toSeconds = (text: string): string => text.replace(/(T\d\d:\d\d:\d\d)\.\d+Z/g, '$1Z');

function Clock({ steps }: { readonly steps: readonly ClockStep[] }) {
  return (
    <ol className="clock">
      {steps.map(({ step, at }) => {
        const since = step === 'event' ? '' : elapsed(steps[0]?.at ?? null, at);
        return (
          <li key={step} className={at === null ? 'open' : 'reached'}>
            <span className="clock-dot" aria-hidden="true" />
            <span>{STEPS[step]}</span>
            <span className="clock-time">
              {at === null ? (
                <span className="quiet">not seen yet</span>
              ) : (
                <span title={at}>{clockTime(at)}</span>
              )}
            </span>
            <span className="clock-since">{since}</span>
          </li>
        );
      })}
    </ol>
  );
}

function Receivers({ receivers }: { readonly receivers: readonly ReceiverState[] }) {
  if (receivers.length === 0) {
    return <p className="quiet">No receiver is registered for it, so it can’t be contained.</p>;
  }
  return (
    <ul className="plain">
      {receivers.map((one) => (
        <li key={one.receiver}>
          <b>{one.receiver}</b> {RECEIPTS[one.state]}
          {one.usable_until !== null &&
            ` (tokens stay usable until ${clockTime(one.usable_until)})`}
          {one.detail !== '' && <span className="quiet"> {toSeconds(one.detail)}</span>}
        </li>
      ))}
    </ul>
  );
}

/** One sentence, for a list; the clock is one click away. */
export function ContainmentLine({ containment }: { readonly containment: Containment }) {
  const { command, state, sentence } = containment;
  const [shape, words] = markOf(containment);
  const [alertId] = command.alert_ids;
  return (
    <article className={`card containment containment-${state}`}>
      <h3>
        <Mark shape={shape} /> {shortName(command.target.agent_uid)}:{' '}
        {alertId === undefined ? words : <Link href={alertPath(alertId)}>{words}</Link>}
      </h3>
      <p>{sentence}</p>
    </article>
  );
}

type Left = NonNullable<AlertPage['picture']>['residual'];

/** Whom an order stops is contained; what was done before it stands, and must not be read as undone. */
function LeftBehind({ left }: { readonly left: Left }) {
  if (left.length === 0) return null;
  return (
    <p className="left-behind">
      <Mark shape="warning" /> <b>Not undone:</b>{' '}
      {left
        .map((one) => (one.neutralise === '' ? one.what : `${one.what} → ${one.neutralise}`))
        .join('; ')}
    </p>
  );
}

interface CardProps {
  readonly containment: Containment;
  readonly leftBehind: Left;
}

export function ContainmentCard({ containment, leftBehind }: CardProps) {
  const { command, state, receivers, clock } = containment;
  const [shape, words] = markOf(containment);
  const what = actionWords(command.action, command.target);
  return (
    <article className={`card containment containment-${state}`}>
      <h3>
        <Mark shape={shape} /> {targetWords(command.target)}: {words}
      </h3>
      <LeftBehind left={leftBehind} />
      <p>
        {what.charAt(0).toUpperCase() + what.slice(1)}
        <span className="quiet">
          ; the order ends by itself at <Time at={command.expires_at} short />
        </span>
      </p>
      <Clock steps={clock} />
      <p className="quiet">
        Times are counted from the deciding call.
        {containment.denied_by_order !== null && ` ${DENIED[containment.denied_by_order]}`}
      </p>
      <Receivers receivers={receivers} />
    </article>
  );
}
