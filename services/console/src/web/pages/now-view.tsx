/** The first page: what needs a person, what is contained and not yet proven, what flows, what stayed quiet. */
import { Link } from 'wouter';
import type { NowPage } from '../../core/view-model.ts';
import { ENDED } from '../../core/words.ts';
import { useNow } from '../data/answers.ts';
import { useTitle } from '../data/title.ts';
import { Answer, Empty, Section } from '../parts/answer-states.tsx';
import { CallTable } from '../parts/call-table.tsx';
import { ConnectClients } from '../parts/connect-clients.tsx';
import { ContainmentLine } from '../parts/containment-card.tsx';
import { Queue } from '../parts/queue.tsx';
import { QuietList } from '../parts/quiet-list.tsx';

function QueueSection({ now }: { readonly now: NowPage }) {
  const { queue, queue_more: more } = now;
  return (
    <Section id="queue" title="Open alerts">
      {queue.length === 0 ? (
        <Empty>
          <p>
            No open alert. One appears here when an agent obeys text that it read, departs from what
            it always did, or when agents together assemble a privilege that none of them was
            granted.
          </p>
          <p>
            To see one, tell the story of a mail that gives orders and an agent that obeys them:
          </p>
          <pre>{now.try_it}</pre>
        </Empty>
      ) : (
        <Queue items={queue} />
      )}
      {more > 0 && (
        <p className="quiet">
          {more} more are open; these are the gravest. <Link href="/alerts">All alerts</Link>
        </p>
      )}
    </Section>
  );
}

function ContainmentSection({ now }: { readonly now: NowPage }) {
  const { containments } = now;
  const inForce = containments.filter((one) => !ENDED.has(one.state));
  const open = inForce.filter((one) => one.state !== 'confirmed');
  const note =
    inForce.length === 0
      ? ''
      : open.length === 0
        ? 'all confirmed'
        : `${open.length} not confirmed yet`;
  return (
    <Section id="contained" title="Containment actions" note={note}>
      {containments.length === 0 ? (
        <Empty>
          <p>
            Nothing was revoked. A rule in mode <code>enforce</code> orders it here, with the
            receiver’s receipt and the first call that was denied. The shipped rules only watch.
          </p>
        </Empty>
      ) : (
        containments.map((one) => (
          <ContainmentLine key={`${one.command.command_id}`} containment={one} />
        ))
      )}
    </Section>
  );
}

function QuietSection({ now }: { readonly now: NowPage }) {
  return (
    <Section
      id="quiet"
      title="Suppressed: approved activity"
      note="looked alike, and why it did not alarm"
    >
      {now.quiet.length === 0 ? (
        <Empty>
          <p>
            Nothing looked alike. Work in which several agents do every step of a dangerous
            combination and no alert follows is explained here.
          </p>
        </Empty>
      ) : (
        <QuietList chains={now.quiet} />
      )}
    </Section>
  );
}

function Page({ now }: { readonly now: NowPage }) {
  const problem = now.status.last_error;
  return (
    <>
      {now.status.health !== 'ok' && <p className="problem">{now.status.sentence}</p>}
      {problem !== null && (
        <p className="problem">
          Last problem, {problem.at}: {problem.message}
        </p>
      )}
      {now.events.length === 0 && now.queue.length === 0 && <ConnectClients now={now} />}
      <div className="columns">
        <div>
          <QueueSection now={now} />
          <Section id="events" title="Calls" note="seen, the newest first">
            {now.events.length === 0 ? (
              <Empty>
                <p>
                  No call yet. What a connected agent calls is listed here, the newest first. A
                  program of your own sends to <code>POST /v1/events</code>, one JSON object a line.
                </p>
              </Empty>
            ) : (
              <CallTable calls={now.events} label="Newest calls" withChain />
            )}
          </Section>
        </div>
        <div>
          <ContainmentSection now={now} />
          <QuietSection now={now} />
        </div>
      </div>
    </>
  );
}

export function NowView() {
  useTitle('Now');
  const query = useNow();
  return (
    <Answer query={query} what="what is going on">
      {(now) => (
        <>
          <h1 className="hidden-title">Now</h1>
          <Page now={now} />
        </>
      )}
    </Answer>
  );
}
