/** What the pages ask of the server: one question a page, kept and refreshed by the query client. */
import { QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { ContainmentPage } from '../../core/containment-model.ts';
import type { ResponseImpactPage } from '../../core/response-impact-model.ts';
import type { AgentPage, AlertPage, ChainPage, NowPage } from '../../core/view-model.ts';
import { originalText, parseAnswer, visibleText } from '../../core/visible-text.ts';
import { activityOf } from './activity.ts';

/** An answer that is older is asked for again when somebody looks. */
const FRESH_MS = 10_000;
/** What is not there may be there in a moment: a call is told to the page before it is stored. */
const AGAIN_MS = 2_000;
const NOT_FOUND = 404;
const SERVER_FAILS = 500;

export class AnswerError extends Error {
  readonly status: number;
  /** What the server says to do. */
  readonly todo: string | undefined;

  constructor(status: number, message: string, todo?: string) {
    super(message);
    this.name = 'AnswerError';
    this.status = status;
    this.todo = todo;
  }
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: FRESH_MS, retry: false, refetchOnWindowFocus: true },
  },
});

const byItself = activityOf(window);

export async function ask<T>(path: string): Promise<T> {
  const response = await fetch(path, { headers: { accept: 'application/json', ...byItself() } });
  const text = await response.text();
  if (response.ok) return parseAnswer<T>(text);
  let refusal: { readonly message?: string; readonly what_to_do?: string } = {};
  try {
    refusal = parseAnswer<typeof refusal>(text);
  } catch {
    // Not JSON: the number says enough.
  }
  const { message = `The server answered ${response.status}.`, what_to_do: todo } = refusal;
  throw new AnswerError(response.status, message, todo);
}

/** Whether to ask again, and when: a page that was opened too early would else stay empty for ever. */
function askAgainMs(error: unknown): number | false {
  if (!(error instanceof AnswerError)) return false;
  return error.status === NOT_FOUND || error.status >= SERVER_FAILS ? AGAIN_MS : false;
}

function useAnswer<T>(key: readonly string[], path: string): UseQueryResult<T> {
  return useQuery<T>({
    queryKey: key,
    queryFn: () => ask<T>(path),
    refetchInterval: ({ state }) => askAgainMs(state.error),
  });
}

/** Nothing is told to a page of what is not a call yet: while it shows none, it asks. */
export const useNow = () =>
  useQuery<NowPage>({
    queryKey: ['now'],
    queryFn: () => ask<NowPage>('/v1/console/now'),
    refetchInterval: ({ state }) =>
      state.data?.events.length === 0 ? AGAIN_MS : askAgainMs(state.error),
  });

export const useAlert = (id: string) =>
  useAnswer<AlertPage>(['alert', id], `/v1/console/alerts/${encodeURIComponent(id)}`);

export const useAgent = (uid: string) =>
  useAnswer<AgentPage>(
    ['agent', uid],
    `/v1/console/agent?uid=${encodeURIComponent(originalText(uid))}`,
  );

export const useChain = (id: string) =>
  useAnswer<ChainPage>(['chain', id], `/v1/console/chains/${encodeURIComponent(originalText(id))}`);

export const useContainment = (id: string) =>
  useAnswer<ContainmentPage>(
    ['containment', id],
    `/v1/console/containments/${encodeURIComponent(id)}`,
  );

export type ResponseImpactKey = 'rule' | 'agent' | 'owner' | 'class' | 'day';

export const useResponseImpact = (by: ResponseImpactKey) =>
  useAnswer<ResponseImpactPage>(['response-impact', by], `/v1/response-impact?by=${by}`);

/** The last part of the page's own address: an id that may hold slashes and percent signs. */
export function idOfAddress(page: string): string {
  const rest = window.location.pathname.slice(page.length);
  try {
    return visibleText(decodeURIComponent(rest));
  } catch {
    return rest;
  }
}

export const agentPath = (uid: string): string =>
  `/agents/${encodeURIComponent(originalText(uid))}`;
export const alertPath = (id: string): string => `/alerts/${id}`;
export const eventPath = (id: string): string => `/events/${id}`;
export const chainPath = (id: string): string => `/chains/${encodeURIComponent(originalText(id))}`;
export const containmentPath = (id: string): string => `/containments/${id}`;
