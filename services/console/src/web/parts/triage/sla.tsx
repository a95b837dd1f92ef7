/** The clocks of an alert: in a list what is due next, on its page both. */
import type { SlaView } from '../../../core/triage/sla.ts';
import { useNowMs } from '../../data/present.ts';
import { ago } from '../../data/times.ts';
import { Mark } from '../mark.tsx';
import { Time } from '../terms.tsx';

const NEXT = { touch: 'first touch', close: 'close' } as const;

export function SlaDue({ sla }: { readonly sla: SlaView }) {
  const nowMs = useNowMs();
  if (sla.state === 'none') return null;
  const { next, due, state } = sla;
  if (next === null || due === null) {
    return state === 'breached' ? <span className="quiet">closed late</span> : null;
  }
  const isOver = Date.parse(due) < nowMs;
  const words = isOver
    ? `${NEXT[next]} overdue by ${ago(due, nowMs).replace(' ago', '')}`
    : `${NEXT[next]} ${ago(due, nowMs)}`;
  return (
    <span className={`sla sla-${state}`} title={due}>
      {state !== 'ok' && <Mark shape={state === 'breached' ? 'critical' : 'waiting'} />} {words}
    </span>
  );
}

function Clock({
  name,
  due,
  done,
}: {
  readonly name: string;
  readonly due: string;
  readonly done: string | null;
}) {
  const nowMs = useNowMs();
  const isLate = (done === null ? nowMs : Date.parse(done)) > Date.parse(due);
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {done !== null ? (
          <>
            <Mark shape={isLate ? 'critical' : 'ok'} /> {isLate ? 'late' : 'in time'},{' '}
            <Time at={done} />
          </>
        ) : (
          <>
            <Mark shape={isLate ? 'critical' : 'waiting'} /> {isLate ? 'overdue, was due' : 'due'}{' '}
            <Time at={due} />
          </>
        )}
      </dd>
    </div>
  );
}

export function SlaPanel({ sla }: { readonly sla: SlaView }) {
  const { touch_due: touch, touched_at: touched, close_due: close, closed_at: closed } = sla;
  if (touch === null || close === null) return null;
  return (
    <dl className="facts sla-clocks">
      <Clock name="First touch" due={touch} done={touched} />
      <Clock name="Close" due={close} done={closed} />
    </dl>
  );
}
