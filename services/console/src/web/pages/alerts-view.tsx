/** Every alert and hygiene finding: the filter stands in the address, so that a view can be kept and sent. */
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { AlertListAnswer, AlertListItem } from '../../core/triage/list-model.ts';
import { moveFocus, useKeys } from '../data/keys.ts';
import { useSession } from '../data/session.ts';
import { useTitle } from '../data/title.ts';
import { changeAlerts, seenIn, useAlertList } from '../data/triage.ts';
import { Problem, useAct } from '../parts/act.tsx';
import { Answer, Empty } from '../parts/answer-states.tsx';
import { AlertFilters } from '../parts/triage/alert-filters.tsx';
import { AlertTable } from '../parts/triage/alert-table.tsx';
import { BulkBar } from '../parts/triage/bulk-bar.tsx';
import { CloseDialog } from '../parts/triage/close-dialog.tsx';
import { TuningDialog } from '../parts/triage/tuning-dialog.tsx';

/** The row in which the focus is. */
const focused = (): string | undefined =>
  document.activeElement?.closest<HTMLElement>('[data-alert]')?.dataset['alert'];

function Found({ list }: { readonly list: AlertListAnswer }) {
  const { total, rows, complete } = list;
  const grouped = rows === total ? '' : ` in ${rows.toLocaleString('en-GB')} rows`;
  return (
    <p className="quiet" role="status">
      {total.toLocaleString('en-GB')} {total === 1 ? 'alert' : 'alerts'}
      {grouped}
      {!complete && '; the log is still being read after a start, so more may come'}
    </p>
  );
}

function Pages({
  list,
  params,
  turn,
}: {
  readonly list: AlertListAnswer;
  readonly params: URLSearchParams;
  readonly turn: (cursor: string | null) => void;
}) {
  const isFirst = !params.has('cursor');
  if (isFirst && list.cursor === null) return null;
  return (
    <nav className="pages" aria-label="Pages">
      <Button size="compact-sm" variant="default" disabled={isFirst} onClick={() => turn(null)}>
        First page
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={list.cursor === null}
        onClick={() => turn(list.cursor)}
      >
        Next page
      </Button>
    </nav>
  );
}

function useSelection(items: readonly AlertListItem[]) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) =>
    setSelected((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const chosen = items.filter((one) => selected.has(one.alert_id));
  const all = () => setSelected(new Set(items.map((one) => one.alert_id)));
  return { selected, chosen, toggle, all, clear: () => setSelected(new Set()) };
}

function List({ list, params, turn }: Parameters<typeof Pages>[0]) {
  const { selected, chosen, toggle, all, clear } = useSelection(list.items);
  const [closing, setClosing] = useState(false);
  const [tuned, setTuned] = useState<string | null>(null);
  const { data: session } = useSession();
  const act = useAct();
  const me = session?.uid ?? null;
  useKeys(
    useMemo(() => {
      const toAct = (): readonly AlertListItem[] =>
        chosen.length > 0 ? chosen : list.items.filter((one) => one.alert_id === focused());
      return {
        j: () => moveFocus('.alert-link', 1),
        k: () => moveFocus('.alert-link', -1),
        x: () => {
          const id = focused();
          if (id !== undefined) toggle(id);
        },
        a: () => {
          const alerts = seenIn(toAct());
          if (me === null || alerts.length === 0) return;
          void act.run(() => changeAlerts(alerts, { assignee: me, state: 'in_progress' }));
        },
        c: () => {
          const id = focused();
          if (chosen.length === 0 && id !== undefined) toggle(id);
          if (toAct().length > 0) setClosing(true);
        },
      };
    }, [chosen, list.items, me, toggle, act.run]),
  );
  return (
    <>
      <Found list={list} />
      <Problem text={act.problem} />
      {list.items.length > 1 && chosen.length < list.items.length && (
        <Button size="compact-xs" variant="default" onClick={all}>
          Select all {list.items.length} shown
        </Button>
      )}
      {chosen.length > 0 && (
        <BulkBar chosen={chosen} onClear={clear} onClose={() => setClosing(true)} />
      )}
      {list.items.length === 0 ? (
        <Empty>
          <p>No alert fits. Widen the filter, or look at all: state All, time Any.</p>
        </Empty>
      ) : (
        <AlertTable items={list.items} selected={selected} onSelect={toggle} />
      )}
      <Pages list={list} params={params} turn={turn} />
      <CloseDialog
        alerts={seenIn(chosen)}
        opened={closing && chosen.length > 0}
        onClose={() => setClosing(false)}
        onDone={(found) => {
          const [first] = chosen;
          if (found === 'false_positive' || found === 'benign_expected') {
            setTuned(first?.alert_id ?? null);
          }
          setClosing(false);
          clear();
        }}
      />
      {tuned !== null && <TuningDialog alertId={tuned} onClose={() => setTuned(null)} />}
    </>
  );
}

export function AlertsView() {
  useTitle('Alerts');
  const [params, setParams] = useSearchParams();
  const query = useAlertList(params.toString());
  const set = (name: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (name !== 'cursor') next.delete('cursor');
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: name === 'q' },
    );
  useKeys(useMemo(() => ({ '/': () => document.getElementById('alert-search')?.focus() }), []));
  return (
    <>
      <h1>Alerts</h1>
      <AlertFilters params={params} onChange={set} answer={query.data} />
      <Answer query={query} what="the alerts">
        {(list) => (
          <List list={list} params={params} turn={(cursor) => set('cursor', cursor ?? '')} />
        )}
      </Answer>
    </>
  );
}
