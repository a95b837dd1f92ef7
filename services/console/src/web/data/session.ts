/** Who is signed in, and how an act is sent: with the token that only this page knows. */
import { useQuery } from '@tanstack/react-query';
import type { SessionAnswer } from '../../core/triage/list-model.ts';
import { parseAnswer } from '../../core/visible-text.ts';
import { AnswerError, ask, queryClient } from './answers.ts';

const SESSION = ['session'] as const;

export const useSession = () =>
  useQuery<SessionAnswer>({
    queryKey: SESSION,
    queryFn: () => ask<SessionAnswer>('/v1/session'),
    staleTime: 60_000,
  });

type Permission = 'read' | 'triage' | 'respond' | 'audit' | 'admin';

export function useMay(permission: Permission): boolean {
  return useSession().data?.permissions.includes(permission) === true;
}

/** No, where every answer would be a refusal. */
export function useReading(): 'yes' | 'no' | 'unknown' {
  const { data, isPending } = useSession();
  if (isPending) return 'unknown';
  return data === undefined || data.permissions.includes('read') ? 'yes' : 'no';
}

async function refusalOf(response: Response): Promise<AnswerError> {
  const text = await response.text();
  try {
    const { message, what_to_do: todo } = parseAnswer<{ message: string; what_to_do?: string }>(
      text,
    );
    return new AnswerError(response.status, [message, todo ?? ''].join(' ').trim());
  } catch {
    return new AnswerError(response.status, `The server answered ${response.status}.`);
  }
}

/** Sends an act. Rejects with what the server said; asks for everything again when it was taken. */
export async function send<T>(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
  changes = true,
): Promise<T> {
  const csrf = queryClient.getQueryData<SessionAnswer>(SESSION)?.csrf ?? '';
  const response = await fetch(path, {
    method,
    headers: {
      'x-csrf-token': csrf,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw await refusalOf(response);
  const text = await response.text();
  if (changes) void queryClient.invalidateQueries();
  return (text === '' ? undefined : parseAnswer<T>(text)) as T;
}
