/** What each source sends and lacks, in the words of `waywarden doctor`. */
import { Code } from '@mantine/core';
import type { SourceHealth } from '../../core/rules-model.ts';
import { plural } from '../../core/words.ts';
import { useSources } from '../data/rules.ts';
import { useTitle } from '../data/title.ts';
import { Answer, Empty } from '../parts/answer-states.tsx';
import { Mark } from '../parts/mark.tsx';
import { Time } from '../parts/terms.tsx';

const STATES: Readonly<Record<SourceHealth['state'], string>> = {
  whole: 'Whole: calls carry what detections ask for',
  limited: 'Limited: something is off or not sent',
  events: 'Sends events, which carry what their sender writes',
  nothing: 'No call was seen',
  silent: 'Silent for over an hour',
};

function sentWords({ calls, events }: SourceHealth): string {
  const sent = [
    [calls, 'call'],
    [events, 'event'],
  ] as const;
  const words = sent.filter(([count]) => count > 0).map(([count, what]) => plural(count, what));
  return words.join(', ') || 'Nothing';
}

function Source({ one }: { readonly one: SourceHealth }) {
  const { source, state, last, since, requests, refused, words } = one;
  return (
    <section className="card" aria-labelledby={`source-${source}`}>
      <h2 id={`source-${source}`} className="source-name">
        {source}
      </h2>
      <p>
        <Mark shape={state === 'whole' || state === 'events' ? 'ok' : 'warning'} />{' '}
        <b>{STATES[state]}.</b> {sentWords(one)} in {plural(requests, 'request')};{' '}
        {refused === 0 ? 'nothing refused' : `${refused.toLocaleString('en-GB')} refused`}.{' '}
        <span className="quiet">
          Counted since <Time at={since} />
          {last !== null && (
            <>
              ; last <Time at={last} />
            </>
          )}
        </span>
      </p>
      {words.length > 0 && <pre className="words">{words.join('\n')}</pre>}
    </section>
  );
}

export function SourcesView() {
  useTitle('Sources');
  return (
    <>
      <h1>Sources</h1>
      <Answer query={useSources()} what="the sources">
        {({ sources }) =>
          sources.length === 0 ? (
            <Empty>
              <p>Nothing has arrived since this server started. To connect a first agent:</p>
              <Code block>npx waywarden connect claude-code</Code>
            </Empty>
          ) : (
            sources.map((one) => <Source key={one.source} one={one} />)
          )
        }
      </Answer>
    </>
  );
}
