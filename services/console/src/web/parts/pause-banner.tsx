/** On every page while enforcement is paused. */
import { Link } from 'wouter';
import { listOf } from '../../core/words.ts';
import { useEnforcement } from '../data/work.ts';
import { Mark } from './mark.tsx';
import { Time } from './terms.tsx';

export function PauseBanner() {
  const { data } = useEnforcement();
  if (data?.paused !== true) return null;
  return (
    <div className="problem" role="status">
      <Mark shape="warning" /> <b>Enforcement is paused by {listOf(data.by)}</b>
      {data.since !== null && (
        <>
          {' '}
          since <Time at={data.since} />
        </>
      )}
      : <q>{data.reason}</q>. Rules command nothing until two people resume it, on{' '}
      <Link href="/approvals">Approvals</Link>.
    </div>
  );
}
