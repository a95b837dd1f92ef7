/**
 * Keeps open pages true: one stream of changes, after which answers are asked for again. Refused a stream, the page asks
 * every few seconds.
 */
import { useEffect, useState } from 'react';
import {
  announce,
  mergeEvents,
  type ReportedEvent,
  stillReported,
} from '../../core/reported-events.ts';
import type { NowPage, StreamMessage } from '../../core/view-model.ts';
import { parseAnswer } from '../../core/visible-text.ts';
import { queryClient } from './answers.ts';

export type Connection = 'live' | 'reconnecting' | 'asking';

/** What is told was accepted; it is stored a second or two later. */
const STORED_AFTER_MS = 1500;
const ASK_EVERY_MS = 5000;

let again: ReturnType<typeof setTimeout> | undefined;
let running = false;
let isStale = false;
let reported: readonly ReportedEvent[] = [];

/** Puts back what an answer did not have yet, and asks again while there is any. */
function putBack(): void {
  queryClient.setQueryData<NowPage>(['now'], (now) => {
    if (now === undefined) return now;
    reported = stillReported(reported, now.events, Date.now());
    const rows = reported.map(({ row }) => row);
    return rows.length === 0 ? now : { ...now, events: mergeEvents(rows, now.events) };
  });
  if (reported.length > 0) refreshSoon();
}

/**
 * Asks for everything that is shown, one round at a time: changes may come faster than answers. Between two rounds it
 * rests as long as the last one took.
 */
function refresh(): void {
  if (running) {
    isStale = true;
    return;
  }
  running = true;
  isStale = false;
  const began = performance.now();
  void queryClient.invalidateQueries().finally(() => {
    putBack();
    const restMs = performance.now() - began;
    setTimeout(() => {
      running = false;
      if (isStale) refresh();
    }, restMs);
  });
}

/** Once for however much happens meanwhile. */
function refreshSoon(): void {
  if (again !== undefined) return;
  again = setTimeout(() => {
    again = undefined;
    refresh();
  }, STORED_AFTER_MS);
}

function take(message: StreamMessage): void {
  switch (message.type) {
    case 'reset':
      refresh();
      return;
    case 'changed':
      refresh();
      refreshSoon();
      return;
    case 'status':
      queryClient.setQueryData<NowPage>(['now'], (now) =>
        now === undefined ? now : { ...now, status: message.status },
      );
      return;
    case 'events':
      reported = announce(reported, message.rows, Date.now());
      queryClient.setQueryData<NowPage>(['now'], (now) =>
        now === undefined ? now : { ...now, events: mergeEvents(message.rows, now.events) },
      );
      refreshSoon();
      return;
  }
}

const TYPES: readonly StreamMessage['type'][] = ['reset', 'events', 'changed', 'status'];

export function useLive(isAllowed: boolean): Connection {
  const [connection, setConnection] = useState<Connection>('reconnecting');
  useEffect(() => {
    if (!isAllowed) return;
    let source: EventSource | undefined;
    let asking: ReturnType<typeof setInterval> | undefined;
    const open = () => {
      source?.close();
      source = new EventSource('/v1/console/stream');
      source.onopen = () => {
        clearInterval(asking);
        asking = undefined;
        setConnection('live');
        refresh();
      };
      source.onerror = () => {
        if (source?.readyState !== EventSource.CLOSED) {
          setConnection('reconnecting');
          return;
        }
        setConnection('asking');
        if (asking !== undefined) return;
        // A session that is over explains the refusal.
        refresh();
        asking = setInterval(() => {
          refresh();
          open();
        }, ASK_EVERY_MS);
      };
      for (const type of TYPES) {
        source.addEventListener(type, (event: MessageEvent<string>) =>
          take(parseAnswer<StreamMessage>(event.data)),
        );
      }
    };
    open();
    return () => {
      clearInterval(asking);
      source?.close();
      setConnection('reconnecting');
    };
  }, [isAllowed]);
  return connection;
}
