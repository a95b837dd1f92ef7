/** The queue: a line an alert, the sentence first, those of one incident together. j and k move, Enter opens. */
import { useMemo } from 'react';
import { Link } from 'wouter';
import { byIncident, type Incident } from '../../core/incidents.ts';
import type { QueueItem } from '../../core/view-model.ts';
import { kindWords } from '../../core/words.ts';
import { alertPath } from '../data/answers.ts';
import { moveFocus, useKeys } from '../data/keys.ts';
import { SeverityMark, Time } from './terms.tsx';

function Line({ item }: { readonly item: QueueItem }) {
  const often = item.count > 1 ? ` · ${item.count.toLocaleString('en-GB')} times` : '';
  return (
    <div className="queue-line">
      <SeverityMark value={item.severity} />
      <div className="queue-words">
        <Link href={alertPath(item.alert_id)} className="headline queue-link">
          {item.title}
        </Link>
        <span className="quiet">
          {kindWords(item.kind)}
          {often}
          {item.state === 'open' ? '' : ` · ${item.state}`}
          {item.evaluable ? '' : ' · could not be judged fully'}
          {item.verdict !== null && (
            <>
              {' '}
              · <b>{item.verdict}</b>
            </>
          )}{' '}
          · <Time at={item.last_event_time} />
        </span>
      </div>
      <span className="queue-done">{item.done}</span>
    </div>
  );
}

function IncidentLines({ incident: { lead, others } }: { readonly incident: Incident }) {
  return (
    <li>
      <Line item={lead} />
      {others.length > 0 && (
        <div className="incident">
          <span className="quiet">
            {others.length === 1 ? 'One more alert' : `${others.length} more alerts`} of the same
            incident
          </span>
          <ol className="plain">
            {others.map((item) => (
              <li key={item.alert_id}>
                <Line item={item} />
              </li>
            ))}
          </ol>
        </div>
      )}
    </li>
  );
}

export function Queue({ items }: { readonly items: readonly QueueItem[] }) {
  useKeys(
    useMemo(
      () => ({
        j: () => moveFocus('.queue-link', 1),
        k: () => moveFocus('.queue-link', -1),
      }),
      [],
    ),
  );
  return (
    <ol className="queue">
      {byIncident(items).map((incident) => (
        <IncidentLines key={incident.lead.alert_id} incident={incident} />
      ))}
    </ol>
  );
}
