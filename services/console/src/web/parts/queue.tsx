/** The queue: a line an alert, the sentence first. j and k move, Enter opens. */
import { useMemo } from 'react';
import { Link } from 'wouter';
import type { QueueItem } from '../../core/view-model.ts';
import { kindWords } from '../../core/words.ts';
import { alertPath } from '../data/answers.ts';
import { moveFocus, useKeys } from '../data/keys.ts';
import { Severity, Time } from './terms.tsx';

function Line({ item }: { readonly item: QueueItem }) {
  const often = item.count > 1 ? ` · ${item.count.toLocaleString('en-GB')} times` : '';
  return (
    <li className="queue-line">
      <Severity value={item.severity} />
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
      {items.map((item) => (
        <Line key={item.alert_id} item={item} />
      ))}
    </ol>
  );
}
