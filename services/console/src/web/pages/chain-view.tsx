/** One chain: all calls that belong to one piece of work, whoever made them. */
import type { ChainPage } from '../../core/view-model.ts';
import { plural } from '../../core/words.ts';
import { useChain } from '../data/answers.ts';
import { useTitle } from '../data/title.ts';
import { Answer, Section } from '../parts/answer-states.tsx';
import { CallTable } from '../parts/call-table.tsx';
import { Queue } from '../parts/queue.tsx';
import { QuietList } from '../parts/quiet-list.tsx';
import { Agent } from '../parts/terms.tsx';

function Page({ page }: { readonly page: ChainPage }) {
  const { agents, alerts, quiet, events } = page;
  const more =
    page.events_more === 0 ? '' : `; ${plural(page.events_more, 'later call')} not shown`;
  return (
    <>
      <h1>{page.workflow === '' ? 'One piece of work' : page.workflow}</h1>
      <p className="quiet wrap">
        Chain {page.chain_id}
        {page.task_ids.length > 0 && ` · task ${page.task_ids.join(', ')}`}
      </p>
      <p className="lead">
        {plural(page.calls, 'call')} by {plural(agents.length, 'agent')}:{' '}
        {agents.map(({ agent_uid: uid, calls }, at) => (
          <span key={uid}>
            {at > 0 && ', '}
            <Agent uid={uid} /> ({calls})
          </span>
        ))}
      </p>
      {alerts.length > 0 && (
        <Section id="alerts" title="Alerts" note="concluded">
          <Queue items={alerts} />
        </Section>
      )}
      {quiet.length > 0 && (
        <Section id="quiet" title="Stayed quiet" note="looked alike, and why it did not alarm">
          <QuietList chains={quiet} />
        </Section>
      )}
      <Section id="calls" title="Calls" note={`in order of time${more}`}>
        <CallTable calls={events} label="Calls of this chain" />
      </Section>
    </>
  );
}

export function ChainView({ id }: { readonly id: string }) {
  useTitle('Chain');
  return (
    <Answer query={useChain(id)} what="this chain">
      {(page) => <Page page={page} />}
    </Answer>
  );
}
