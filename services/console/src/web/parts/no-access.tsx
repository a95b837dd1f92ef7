/** Instead of every page, where all would be refused. */
import type { SessionAnswer } from '../../core/triage/list-model.ts';
import { useSession } from '../data/session.ts';
import { useTitle } from '../data/title.ts';
import { Empty } from './answer-states.tsx';

function reasonOf({ uid, tenant, must_change: mustChange }: SessionAnswer): string {
  if (uid === null) return 'Nobody is signed in. Sign in above, and the page appears here.';
  if (mustChange) return 'The page appears here once you have chosen a password of your own.';
  return `${uid} has no role in ${tenant}. Ask an admin for one.`;
}

export function NoAccess() {
  useTitle('Sign in');
  const { data: session } = useSession();
  if (session === undefined) return null;
  return (
    <Empty>
      <h1>Nothing is shown yet</h1>
      <p>{reasonOf(session)}</p>
    </Empty>
  );
}
