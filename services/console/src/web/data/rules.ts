/** Rules, the changes that follow from a false positive, and what sources send, as the pages ask for them. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type {
  CheckedRules,
  ProposalRow,
  RuleFile,
  RulesPage,
  RulesTry,
  SourcesPage,
} from '../../core/rules-model.ts';
import type { TuningOption, TuningPreview } from '../../core/triage/tuning.ts';
import type { TuningState } from '../../core/triage/tunings.ts';
import { ask } from './answers.ts';
import { send } from './session.ts';

const TRY_ASKED_MS = 2_000;

export const useRules = () =>
  useQuery<RulesPage>({ queryKey: ['rules'], queryFn: () => ask('/v1/console/rules') });

export const useSources = () =>
  useQuery<SourcesPage>({
    queryKey: ['sources'],
    queryFn: () => ask('/v1/console/source-health'),
  });

export const useTunings = () =>
  useQuery<{ readonly changes: readonly TuningState[] }>({
    queryKey: ['tunings'],
    queryFn: () => ask('/v1/tuning'),
  });

/** Tried once for each span: what happens meanwhile is no reason to replay everything again. */
export function useTuningPreview(alertId: string, days: number) {
  const [answer, setAnswer] = useState<{
    readonly data?: TuningPreview;
    readonly problem: string;
  }>();
  useEffect(() => {
    let isCurrent = true;
    setAnswer(undefined);
    send<TuningPreview>('POST', '/v1/tuning/preview', { alert_id: alertId, days }, false).then(
      (data) => isCurrent && setAnswer({ data, problem: '' }),
      (error: unknown) => isCurrent && setAnswer({ problem: String(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [alertId, days]);
  return { data: answer?.data, problem: answer?.problem ?? '' };
}

export const acceptTuning = (
  { what, print }: TuningOption,
  given: {
    readonly alert_id: string;
    readonly days: number;
    readonly expires_in: string;
    readonly reason: string;
  },
): Promise<TuningState> => send('POST', '/v1/tuning', { what, print, ...given });

export const revertTuning = (id: string): Promise<TuningState> =>
  send('DELETE', `/v1/tuning/${id}`);

export const checkRules = (kind: RuleFile, text: string): Promise<CheckedRules> =>
  send('POST', '/v1/rules/check', { kind, text }, false);

export const beginTry = (kind: RuleFile, text: string): Promise<RulesTry> =>
  send('POST', '/v1/rules/tries', { kind, text });

export const useProposals = () =>
  useQuery<{ readonly proposals: readonly ProposalRow[] }>({
    queryKey: ['proposals'],
    queryFn: () => ask('/v1/rules/proposals'),
  });

/** Asked for when somebody opens it. */
export const useProposedText = (id: string, isOpen: boolean) =>
  useQuery<{ readonly text: string | null }>({
    queryKey: ['proposed', id],
    queryFn: () => ask(`/v1/rules/proposals/${id}`),
    enabled: isOpen,
  });

export const proposeRules = (kind: RuleFile, text: string, reason: string): Promise<ProposalRow> =>
  send('POST', '/v1/rules/proposals', { kind, text, reason });

export const decideProposal = (
  id: string,
  act: 'publish' | 'withdraw',
  reason: string,
): Promise<ProposalRow> => send('POST', `/v1/rules/proposals/${id}/${act}`, { reason });

export const useTries = () =>
  useQuery<{ readonly tries: readonly RulesTry[] }>({
    queryKey: ['tries'],
    queryFn: () => ask('/v1/rules/tries'),
    refetchInterval: ({ state }) =>
      state.data?.tries.some((one) => one.state === 'running') === true ? TRY_ASKED_MS : false,
  });
