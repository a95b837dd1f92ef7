/** What the pages of work beside the alerts ask. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Alert, AuditEvent, Target } from '@waywarden/schemas';
import { targetParameters } from '@waywarden/schemas/target';
import type { AgentsPage, ApprovalsPage } from '../../core/lists/approvals-model.ts';
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

export interface EventPage {
  readonly event: AuditEvent;
  readonly sentence: string;
  readonly alerts: readonly Alert[];
}

export const useEvent = (id: string) =>
  useQuery<EventPage>({
    queryKey: ['event', id],
    queryFn: () => ask<EventPage>(`/v1/events/${encodeURIComponent(id)}`),
  });

/** What was asked of a call: whether it obeys planted text, and whether it is unusual for its agent. */
export interface EventExplanation {
  readonly lines: readonly string[];
  readonly terms: readonly {
    readonly term: string;
    readonly value: number;
    readonly worth: number;
    readonly text: string;
  }[];
  readonly features: readonly {
    readonly feature: string;
    readonly points: number;
    readonly alarm: string | null;
    readonly reasons: readonly {
      readonly text: string;
      readonly expected: string;
      readonly observed: string;
    }[];
  }[];
  /** Earlier calls of its agent that were played. */
  readonly played: number;
  readonly complete: boolean;
}

export const useEventWhy = (id: string, asked: boolean) =>
  useQuery<EventExplanation>({
    queryKey: ['why', id],
    queryFn: () => ask<EventExplanation>(`/v1/events/${encodeURIComponent(id)}/why`),
    enabled: asked,
    staleTime: Number.POSITIVE_INFINITY,
  });

export interface ContainmentRow {
  readonly command_id: string;
  readonly agent_uid: string;
  readonly alert_ids: readonly string[];
  readonly action: string;
  readonly target: Target;
  readonly state: string;
  readonly issued_at: string;
  readonly expires_at: string;
  readonly applied_at: string | null;
  readonly denied: { readonly event_id: string; readonly at: string | null } | null;
  readonly restored_by: { readonly at: string; readonly reason: string } | null;
  readonly clock: { readonly order_to_applied_ms: number | null };
}

export const useContainments = () =>
  useQuery<{ readonly containments: readonly ContainmentRow[] }>({
    queryKey: ['containments'],
    queryFn: () => ask('/v1/containments?limit=200'),
  });

export interface Preview {
  readonly days: number;
  readonly people: number;
  readonly withheld: string | null;
  readonly protects: readonly string[];
  readonly would_break: { readonly words: string } | null;
  /** False: neither registered, nor seen to hold any access. */
  readonly known: boolean;
  readonly reaches: readonly {
    readonly agent_uid: string;
    readonly withheld: string | null;
    /** What is commanded in its place. */
    readonly instead: string | null;
  }[];
  readonly in_use: readonly {
    readonly system: string;
    readonly type: string;
    readonly calls: number;
  }[];
}

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

export interface Enforcement {
  readonly paused: boolean;
  readonly by: readonly string[];
  readonly since: string | null;
  readonly reason: string;
}

export const useEnforcement = () =>
  useQuery<Enforcement>({ queryKey: ['enforcement'], queryFn: () => ask('/v1/enforcement') });

export interface AccountLine {
  readonly uid: string;
  readonly role: string | null;
  readonly disabled: boolean;
  readonly active: boolean;
  readonly signs_in_by: string;
  readonly created_at: string;
  readonly created_by: string;
}

export const useAccounts = () =>
  useQuery<{ readonly accounts: readonly AccountLine[] }>({
    queryKey: ['accounts'],
    queryFn: () => ask('/v1/accounts'),
  });

export interface ReceiverLine {
  readonly name: string;
  readonly kind: string;
  readonly sent: number;
  readonly failing: string | null;
}

/** A notice that nobody took. */
export interface SetAside {
  readonly id: string;
  readonly at: string;
  readonly receiver: string;
  readonly news: string;
  readonly alert_id: string;
  readonly why: string;
}

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

export interface TokenLine {
  readonly id: string;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly expires: string;
}

export const useTokens = () =>
  useQuery<{ readonly tokens: readonly TokenLine[] }>({
    queryKey: ['tokens'],
    queryFn: () => ask('/v1/tokens'),
  });
