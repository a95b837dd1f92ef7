/** What is done to all selected alerts at once. */
import { Button, NativeSelect } from '@mantine/core';
import type { TriageChange } from '@waywarden/schemas';
import { useState } from 'react';
import type { AlertListItem } from '../../../core/triage/list-model.ts';
import { plural } from '../../../core/words.ts';
import { useMay, useSession } from '../../data/session.ts';
import { changeAlerts, seenIn, usePeople } from '../../data/triage.ts';
import { Problem, useAct } from '../act.tsx';
import { SuppressDialog, scopeOfAll } from './suppress-dialog.tsx';

const AT_ONCE_MAX = 500;

export function BulkBar({
  chosen,
  onClear,
  onClose,
}: {
  readonly chosen: readonly AlertListItem[];
  readonly onClear: () => void;
  readonly onClose: () => void;
}) {
  const { data: session } = useSession();
  const { data: people } = usePeople();
  const mayTriage = useMay('triage');
  const mayRespond = useMay('respond');
  const [suppressing, setSuppressing] = useState(false);
  const act = useAct();
  const alerts = seenIn(chosen);
  const tooMany = alerts.length > AT_ONCE_MAX;
  const change = async (to: TriageChange) => {
    if (await act.run(() => changeAlerts(alerts, to))) onClear();
  };
  const isOff = !mayTriage || tooMany || act.busy;
  return (
    <section className="bulk" aria-label="Selected alerts">
      <b role="status">{plural(alerts.length, 'alert')} selected</b>
      <NativeSelect
        size="xs"
        aria-label="Assign to"
        disabled={isOff}
        value=""
        onChange={(event) => {
          const to = event.currentTarget.value;
          if (to !== '') void change({ assignee: to === '-' ? null : to });
        }}
        data={[
          { value: '', label: 'Assign to…' },
          { value: '-', label: 'nobody' },
          ...(people?.people ?? []).map(({ uid }) => ({
            value: uid,
            label: uid === session?.uid ? `${uid} (me)` : uid,
          })),
        ]}
      />
      <Button
        size="compact-sm"
        variant="default"
        disabled={isOff}
        onClick={() => void change({ state: 'in_progress' })}
      >
        In progress
      </Button>
      <Button size="compact-sm" variant="default" disabled={isOff} onClick={onClose}>
        Close…
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={!mayRespond || act.busy}
        onClick={() => setSuppressing(true)}
      >
        Suppress…
      </Button>
      <Button size="compact-sm" variant="subtle" onClick={onClear}>
        Clear
      </Button>
      {!mayTriage && <span className="quiet">Sign in as an analyst to act.</span>}
      {tooMany && <span className="quiet">At most {AT_ONCE_MAX} at once: narrow the filter.</span>}
      <Problem text={act.problem} />
      {suppressing && (
        <SuppressDialog of={scopeOfAll(chosen)} onClose={() => setSuppressing(false)} />
      )}
    </section>
  );
}
