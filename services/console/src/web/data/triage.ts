/** Lists of alerts and what is done about them, as the pages ask and say it. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { TriageChange } from '@waywarden/schemas';
import type { Person } from '../../core/lists/work-model.ts';
import type { AlertListAnswer, AlertListItem, TriageAnswer } from '../../core/triage/list-model.ts';
import { ask } from './answers.ts';
import { send } from './session.ts';

export const useAlertList = (query: string) =>
  useQuery<AlertListAnswer>({
    queryKey: ['alerts', query],
    queryFn: () => ask<AlertListAnswer>(`/v1/console/alerts?${query}`),
    placeholderData: keepPreviousData,
  });

export const useTriage = (id: string) =>
  useQuery<TriageAnswer>({
    queryKey: ['triage', id],
    queryFn: () => ask<TriageAnswer>(`/v1/alerts/${encodeURIComponent(id)}/triage`),
  });

export const usePeople = () =>
  useQuery<{ readonly people: readonly Person[] }>({
    queryKey: ['people'],
    queryFn: () => ask('/v1/people'),
    staleTime: 60_000,
  });

export interface SeenAlert {
  readonly alert_id: string;
  readonly revision?: number;
  readonly last_act?: string | null;
}

export interface TriageGiven {
  readonly verdicts: number;
  readonly verdictsRefused: readonly { readonly alert_id: string; readonly why: string }[];
}

/** A row that stands for several names all of them, each as it was listed. */
export function seenIn(items: readonly AlertListItem[]): readonly SeenAlert[] {
  return items.flatMap(({ alert_id: id, alert, group, triage }) =>
    group.count === 1
      ? [{ alert_id: id, revision: alert.revision, last_act: triage.last_act }]
      : group.ids.map((one, at) => {
          const revision = group.revisions[at];
          return { alert_id: one, ...(revision === undefined ? {} : { revision }) };
        }),
  );
}

export const changeAlerts = (
  alerts: readonly SeenAlert[],
  change: TriageChange,
  reason = '',
): Promise<TriageGiven> => send<TriageGiven>('POST', '/v1/triage', { alerts, change, reason });
