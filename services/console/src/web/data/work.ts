/** What the pages of work beside the alerts ask. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Target } from '@waywarden/schemas';
import { targetParameters } from '@waywarden/schemas/target';
import type { AgentsPage, ApprovalsPage } from '../../core/lists/approvals-model.ts';
import type {
  AccountLine,
  ContainmentRow,
  Enforcement,
  EventExplanation,
  EventPage,
  Preview,
  ReceiverLine,
  SetAside,
  TokenLine,
} from '../../core/lists/work-model.ts';
import type { AuditPage } from '../../core/triage/list-model.ts';
import { originalText } from '../../core/visible-text.ts';
import { ask } from './answers.ts';
import { send } from './session.ts';

export const useAgents = (query: string) =>
  useQuery<AgentsPage>({
    queryKey: ['agents', query],
    queryFn: () => ask<AgentsPage>(`/v1/console/agents?${query}`),
    placeholderData: keepPreviousData,
  });

export const useApprovals = () =>
  useQuery<ApprovalsPage>({
    queryKey: ['approvals'],
    queryFn: () => ask<ApprovalsPage>('/v1/console/approvals'),
  });

export const useEvent = (id: string) =>
  useQuery<EventPage>({
    queryKey: ['event', id],
    queryFn: () => ask<EventPage>(`/v1/events/${encodeURIComponent(id)}`),
  });

export const useEventWhy = (id: string, asked: boolean) =>
  useQuery<EventExplanation>({
    queryKey: ['why', id],
    queryFn: () => ask<EventExplanation>(`/v1/events/${encodeURIComponent(id)}/why`),
    enabled: asked,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useContainments = () =>
  useQuery<{ readonly containments: readonly ContainmentRow[] }>({
    queryKey: ['containments'],
    queryFn: () => ask('/v1/containments?limit=200'),
  });

/** Of the wire: the ids as they were, not as they are shown. */
export function wireTarget(target: Target): Target {
  return Object.fromEntries(
    Object.entries(target).map(([name, value]) => [name, originalText(String(value))]),
  ) as Target;
}

export const usePreview = (target: Target, action: string) =>
  useQuery<Preview>({
    queryKey: ['revocation', JSON.stringify(target), action],
    queryFn: () => {
      const of = { agent: target.agent_uid, ...targetParameters(target), action };
      return ask<Preview>(`/v1/preview?${new URLSearchParams(of)}`);
    },
  });

export interface ResponseGiven {
  readonly sentence: string;
}

export const respond = (body: object): Promise<ResponseGiven> =>
  send<ResponseGiven>('POST', '/v1/response', body);

/** Resolves to what became of it, as a sentence. */
export const given = (body: object) => async (reason: string) =>
  (await respond({ ...body, reason })).sentence;

export const useEnforcement = () =>
  useQuery<Enforcement>({ queryKey: ['enforcement'], queryFn: () => ask('/v1/enforcement') });

export const useAccounts = () =>
  useQuery<{ readonly accounts: readonly AccountLine[] }>({
    queryKey: ['accounts'],
    queryFn: () => ask('/v1/accounts'),
  });

export const useNotifications = () =>
  useQuery<{ readonly receivers: readonly ReceiverLine[]; readonly dead: readonly SetAside[] }>({
    queryKey: ['notifications'],
    queryFn: () => ask('/v1/notify'),
  });

export const useAudit = (by: string, before: string) => {
  const of = { ...(by === '' ? {} : { by }), ...(before === '' ? {} : { before }) };
  return useQuery<AuditPage>({
    queryKey: ['audit', by, before],
    queryFn: () => ask<AuditPage>(`/v1/console/audit?${new URLSearchParams(of)}`),
  });
};

export const useTokens = () =>
  useQuery<{ readonly tokens: readonly TokenLine[] }>({
    queryKey: ['tokens'],
    queryFn: () => ask('/v1/tokens'),
  });
