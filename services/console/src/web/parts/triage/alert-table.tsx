/** Alerts as rows that are read, selected and opened; each row leads to its page. */
import { Button, Checkbox } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type {
  AlertListAnswer,
  AlertListItem,
  TriageBrief,
} from '../../../core/triage/list-model.ts';
import { kindWords } from '../../../core/words.ts';
import { alertPath, ask } from '../../data/answers.ts';
import { useKeys } from '../../data/keys.ts';
import { Agent, SeverityMark, Time } from '../terms.tsx';
import { SlaDue } from './sla.tsx';

const STATE_WORDS: Readonly<Record<TriageBrief['state'], string>> = {
  new: 'New',
  in_progress: 'In progress',
  closed: 'Closed',
  withdrawn: 'Withdrawn',
  suppressed: 'Suppressed',
};
const AGENTS_SHOWN = 3;

export function stateWords({ state, reopened, classification }: TriageBrief): string {
  if (reopened) return 'New: more evidence';
  const found = state === 'closed' && classification !== null;
  return found ? `Closed: ${classification.replaceAll('_', ' ')}` : STATE_WORDS[state];
}

function Agents({ item }: { readonly item: AlertListItem }) {
  const { agents, group } = item;
  const shown = agents.slice(0, AGENTS_SHOWN);
  const more = Math.max(agents.length, group.agents) - shown.length;
  return (
    <>
      {shown.map((uid, at) => (
        <span key={uid}>
          {at > 0 && ', '}
          <Agent uid={uid} />
        </span>
      ))}
      {more > 0 && ` and ${more} more`}
    </>
  );
}

function Group({ item }: { readonly item: AlertListItem }) {
  if (item.group.count === 1) return null;
  const query = `campaign=${encodeURIComponent(item.campaign)}`;
  return (
    <>
      {' '}
      · <Link href={`/alerts?${query}`}>{item.group.count.toLocaleString('en-GB')} alike</Link>
    </>
  );
}

function Row({
  item,
  selected,
  onSelect,
}: {
  readonly item: AlertListItem;
  readonly selected: boolean;
  readonly onSelect: (id: string) => void;
}) {
  const { alert, triage } = item;
  return (
    <li className="alert-row" data-alert={item.alert_id} data-selected={selected || undefined}>
      <Checkbox
        size="xs"
        checked={selected}
        onChange={() => onSelect(item.alert_id)}
        aria-label={`Select ${alert.title}`}
      />
      <SeverityMark value={alert.severity} />
      <div className="alert-words">
        <Link href={alertPath(item.alert_id)} className="headline alert-link">
          {alert.title}
        </Link>
        <span className="quiet">
          {kindWords(alert.kind)}
          {alert.count > 1 && ` · ${alert.count.toLocaleString('en-GB')} times`}
          <Group item={item} /> · <Agents item={item} />
          {item.workflow !== '' && ` · ${item.workflow}`}
          {item.owner !== null && ` · owner ${item.owner}`}
        </span>
        {triage.tags.length > 0 && (
          <span>
            {triage.tags.map((tag) => (
              <Link key={tag} href={`/alerts?tag=${encodeURIComponent(tag)}`} className="chip">
                {tag}
              </Link>
            ))}
          </span>
        )}
      </div>
      <span className="alert-state">
        <b>{stateWords(triage)}</b>
        <span className="quiet">{triage.assignee ?? 'nobody’s'}</span>
        <SlaDue sla={triage.sla} />
      </span>
      <span className="alert-time">
        <Time at={alert.last_event_time} />
      </span>
    </li>
  );
}

export function AlertTable({
  items,
  selected,
  onSelect,
}: {
  readonly items: readonly AlertListItem[];
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (id: string) => void;
}) {
  return (
    <ol className="plain alert-rows" aria-label="Alerts">
      {items.map((item) => (
        <Row
          key={item.alert_id}
          item={item}
          selected={selected.has(item.alert_id)}
          onSelect={onSelect}
        />
      ))}
    </ol>
  );
}

/** From one alert to the next of the queue. */
export function NextAlert({ than }: { readonly than: string }) {
  const [, go] = useLocation();
  const [answer, setAnswer] = useState('');
  const next = useCallback(async () => {
    const { items } = await ask<AlertListAnswer>('/v1/console/alerts?limit=200');
    const at = items.findIndex((one) => one.alert_id === than);
    const other = [...items.slice(at + 1), ...items.slice(0, Math.max(0, at))][0];
    if (other === undefined) setAnswer('No other alert is open.');
    else go(alertPath(other.alert_id));
  }, [go, than]);
  useKeys(useMemo(() => ({ s: () => void next() }), [next]));
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => void next()}>
        Next alert (s)
      </Button>
      <span role="status" className="quiet">
        {answer}
      </span>
    </>
  );
}
