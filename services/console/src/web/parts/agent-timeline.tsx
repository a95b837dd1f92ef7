/** One timeline of an agent: its calls, the alerts about it and what was done, the newest first, page by page. */
import { Button, Chip } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { AgentMoment, AgentTimeline } from '../../core/agent-profile.ts';
import { originalText } from '../../core/visible-text.ts';
import { actionVerb } from '../../core/words.ts';
import { alertPath, ask, eventPath } from '../data/answers.ts';
import { Problem } from './act.tsx';
import { Mark } from './mark.tsx';
import { Capability, ChainId, Outcome, SeverityMark, ShortId, Time } from './terms.tsx';

const MOMENT_KINDS = [
  'call',
  'alert',
  'response',
] as const satisfies readonly AgentMoment['kind'][];
const NAMES: Readonly<Record<AgentMoment['kind'], string>> = {
  call: 'Calls',
  alert: 'Alerts',
  response: 'Response actions',
};
const PAGE = 50;

function useTimeline(uid: string, show: readonly string[]) {
  return useInfiniteQuery<AgentTimeline, Error, readonly AgentMoment[], readonly string[], string>({
    queryKey: ['timeline', uid, ...show],
    initialPageParam: '',
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({
        ...{ uid: originalText(uid), show: show.join(','), limit: String(PAGE) },
        ...(pageParam === '' ? {} : { cursor: pageParam }),
      });
      return ask<AgentTimeline>(`/v1/console/agent/timeline?${query}`);
    },
    getNextPageParam: (last) => last.cursor ?? undefined,
    select: ({ pages }) => pages.flatMap((one) => one.moments),
  });
}

function Words({ moment }: { readonly moment: AgentMoment }) {
  switch (moment.kind) {
    case 'alert': {
      const { alert_id: id, revision, severity, state, title } = moment.alert;
      return (
        <>
          <SeverityMark value={severity} />{' '}
          <Link href={alertPath(id)} className="headline">
            {title}
          </Link>{' '}
          <span className="quiet">
            {revision === 1 ? 'alert raised' : `alert, revision ${revision}`}
            {state !== 'open' && `, ${state}`}
          </span>
        </>
      );
    }
    case 'response': {
      const { action, level, reason, alert_ids: ids } = moment.response;
      return (
        <>
          <Mark shape="lock" />{' '}
          <b>
            Command to {actionVerb(action)} its {level}
          </b>
          {reason !== '' && `: ${reason}`}{' '}
          {ids[0] !== undefined && <Link href={alertPath(ids[0])}>for this alert</Link>}
        </>
      );
    }
    case 'call': {
      const { call } = moment;
      return (
        <>
          <span className="wrap">{call.tool}</span>{' '}
          {call.capabilities.map((symbol) => (
            <Capability key={symbol} symbol={symbol} />
          ))}{' '}
          <Outcome value={call.outcome} />{' '}
          <span className="quiet">
            {call.workflow} chain <ChainId id={call.chain_id} /> · record{' '}
            <ShortId id={call.event_id} href={eventPath(call.event_id)} />
          </span>
        </>
      );
    }
  }
}

export function AgentTimelineList({ uid }: { readonly uid: string }) {
  const [show, setShow] = useState<readonly string[]>(MOMENT_KINDS);
  const asked = show.length === 0 ? MOMENT_KINDS : show;
  const query = useTimeline(uid, asked);
  const { data = [], error, hasNextPage, isFetchingNextPage } = query;
  return (
    <>
      <Chip.Group multiple value={[...show]} onChange={setShow}>
        <fieldset className="kinds">
          <legend>Show</legend>
          {MOMENT_KINDS.map((kind) => (
            <Chip key={kind} value={kind} size="xs" variant="outline">
              {NAMES[kind]}
            </Chip>
          ))}
        </fieldset>
      </Chip.Group>
      {error !== null && <Problem text={error.message} />}
      <ol className="plain moments" aria-label="Timeline of this agent">
        {data.map((moment) => (
          <li key={`${moment.kind}/${moment.id}`} className={`moment moment-${moment.kind}`}>
            <Time at={moment.at} />
            <div>
              <Words moment={moment} />
            </div>
          </li>
        ))}
      </ol>
      <nav className="pages" aria-label="Pages of the timeline">
        <Button
          size="compact-sm"
          variant="default"
          disabled={!hasNextPage}
          loading={isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {hasNextPage ? 'Older' : 'That is all'}
        </Button>
      </nav>
    </>
  );
}
