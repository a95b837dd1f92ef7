/** One containment: its clock, what each receiver said, and everything that happened to it. */
import { Link } from 'wouter';
import type { ContainmentPage } from '../../core/containment-model.ts';
import { actionWords, shortName } from '../../core/words.ts';
import { alertPath, eventPath, useContainment } from '../data/answers.ts';
import { useTitle } from '../data/title.ts';
import { Answer, Section } from '../parts/answer-states.tsx';
import { ContainmentCard, toSeconds } from '../parts/containment-card.tsx';
import { Agent, Time } from '../parts/terms.tsx';

function Page({ page }: { readonly page: ContainmentPage }) {
  const { containment, history } = page;
  const { command, alert_title: title } = containment;
  const [alert] = command.alert_ids;
  return (
    <>
      <h1>Containment of {shortName(command.target.agent_uid)}</h1>
      <p className="lead">{containment.sentence}</p>
      <p className="quiet wrap">
        <Agent uid={command.target.agent_uid} /> · {actionWords(command.action, command.target)} ·{' '}
        order {command.command_id}
        {alert !== undefined && (
          <>
            {' '}
            · because of <Link href={alertPath(alert)}>{title === '' ? 'an alert' : title}</Link>
          </>
        )}
      </p>
      <div className="one-containment">
        <ContainmentCard containment={containment} leftBehind={[]} />
      </div>
      <Section id="history" title="History" note="in order of time">
        <ol className="plain">
          {history.map((line) => (
            <li key={`${line.at} ${line.what}`}>
              <Time at={line.at} />{' '}
              {line.event_id === undefined ? (
                line.what
              ) : (
                <Link href={eventPath(line.event_id)}>{line.what}</Link>
              )}
              {line.detail !== '' && <span className="quiet"> {toSeconds(line.detail)}</span>}
            </li>
          ))}
        </ol>
      </Section>
    </>
  );
}

export function OrderView({ id }: { readonly id: string }) {
  useTitle('Containment');
  return (
    <Answer query={useContainment(id)} what="this containment">
      {(page) => <Page page={page} />}
    </Answer>
  );
}
