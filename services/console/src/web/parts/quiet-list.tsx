/** Work that looked dangerous and raised nothing, and why: silence has to be explained too. */
import { Link } from 'wouter';
import type { QuietChain } from '../../core/view-model.ts';
import { alertPath } from '../data/answers.ts';
import { Mark } from './mark.tsx';
import { Capability, ChainId, Time } from './terms.tsx';

const BASIS: Readonly<Record<QuietChain['basis'], string>> = {
  approved: 'Approved beforehand',
  not_linked: 'Not linked',
};

export function QuietList({ chains }: { readonly chains: readonly QuietChain[] }) {
  return (
    <ul className="plain">
      {chains.map((one) => (
        <li key={`${one.chain_id}/${one.combination}`} className="card">
          <h3>
            <Mark shape="tick" /> {one.workflow === '' ? one.task_id : one.workflow}: no alert.{' '}
            {BASIS[one.basis]}
          </h3>
          <p>{one.why}</p>
          <p className="quiet">
            {one.capabilities.map((symbol) => (
              <Capability key={symbol} symbol={symbol} />
            ))}{' '}
            chain <ChainId id={one.chain_id} />
            {one.alert_id !== null && (
              <>
                {' '}
                · <Link href={alertPath(one.alert_id)}>the finding</Link>
              </>
            )}{' '}
            · <Time at={one.last_event_time} />
            {one.times > 1 && ` · ${one.times.toLocaleString('en-GB')} times`}
          </p>
        </li>
      ))}
    </ul>
  );
}
