/** What may be done about an alert now, as buttons. */
import { Button } from '@mantine/core';
import type { TriageChange } from '@waywarden/schemas';
import type { TriageAnswer } from '../../../core/triage/list-model.ts';
import { useMay, useSession } from '../../data/session.ts';
import type { Act } from '../act.tsx';

export type Change = (change: TriageChange, reason?: string) => Promise<boolean>;

export const isWrong = (found: string | undefined): boolean =>
  found === 'false_positive' || found === 'benign_expected';

export function TriageActs({
  one,
  act,
  change,
  onClose,
  onRevoke,
  onSuppress,
  onTune,
}: {
  readonly one: TriageAnswer;
  readonly act: Act;
  readonly change: Change;
  readonly onClose: () => void;
  readonly onRevoke: () => void;
  readonly onSuppress: () => void;
  readonly onTune: () => void;
}) {
  const { data: session } = useSession();
  const mayTriage = useMay('triage');
  const mayRespond = useMay('respond');
  const isOpen = one.state === 'new' || one.state === 'in_progress';
  const isOff = !mayTriage || act.busy;
  const me = session?.uid ?? null;
  return (
    <div className="acts">
      {isOpen && (
        <Button
          size="compact-sm"
          variant="default"
          disabled={isOff || me === null}
          onClick={() => void change({ state: 'in_progress', assignee: me })}
        >
          Take it (a)
        </Button>
      )}
      {isOpen && (
        <Button size="compact-sm" disabled={isOff} onClick={onClose}>
          Close… (c)
        </Button>
      )}
      {one.state === 'closed' && (
        <Button
          size="compact-sm"
          variant="default"
          disabled={isOff}
          onClick={() => void change({ state: 'in_progress' }, 'reopened')}
        >
          Reopen
        </Button>
      )}
      {one.state === 'closed' && isWrong(one.triage.closed?.classification) && (
        <Button size="compact-sm" variant="default" disabled={isOff} onClick={onTune}>
          Propose a change…
        </Button>
      )}
      <Button
        size="compact-sm"
        variant="default"
        disabled={!mayRespond || act.busy}
        onClick={onRevoke}
      >
        Revoke… (r)
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={!mayRespond || act.busy}
        onClick={onSuppress}
      >
        Suppress…
      </Button>
      {!mayTriage && <span className="quiet">Sign in as an analyst to work on it.</span>}
    </div>
  );
}
