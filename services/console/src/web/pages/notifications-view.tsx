/** Who is notified of alerts, whether they take it, and what was set aside: each can be tried, and sent again. */
import { Button, Table } from '@mantine/core';
import { useState } from 'react';
import type { ReceiverLine, SetAside } from '../../core/lists/work-model.ts';
import { plural } from '../../core/words.ts';
import { alertPath } from '../data/answers.ts';
import { send, useMay } from '../data/session.ts';
import { useTitle } from '../data/title.ts';
import { useNotifications } from '../data/work.ts';
import { Problem, useAct } from '../parts/act.tsx';
import { Answer, Empty, Section } from '../parts/answer-states.tsx';
import { Scroll, TableHead } from '../parts/table.tsx';
import { ShortId, Time } from '../parts/terms.tsx';

interface Tried {
  readonly outcome: 'sent' | 'again' | 'refused';
  readonly why: string;
}

const triedWords = ({ outcome, why }: Tried) =>
  outcome === 'sent' ? 'It took the test.' : `It did not take the test: ${why}.`;

function Receiver({ one, aside }: { readonly one: ReceiverLine; readonly aside: number }) {
  const [answer, setAnswer] = useState('');
  const act = useAct();
  const may = useMay('admin');
  const body = { receiver: one.name };
  const test = () =>
    act.run(async () => setAnswer(triedWords(await send('POST', '/v1/notify/test', body))));
  const resend = () =>
    act.run(async () => {
      const path = '/v1/notify/resend';
      const { sent, failed } = await send<{ sent: number; failed: number }>('POST', path, body);
      setAnswer(`${sent} sent again, ${failed} still set aside.`);
    });
  return (
    <Table.Tr>
      <Table.Td>
        <b>{one.name}</b>
      </Table.Td>
      <Table.Td>{one.kind}</Table.Td>
      <Table.Td>{one.failing === null ? 'takes them' : `fails: ${one.failing}`}</Table.Td>
      <Table.Td>{one.sent}</Table.Td>
      <Table.Td>{aside}</Table.Td>
      <Table.Td>
        <Button
          size="compact-xs"
          variant="default"
          loading={act.busy}
          disabled={!may}
          onClick={() => void test()}
        >
          Send a test
        </Button>{' '}
        <Button
          size="compact-xs"
          variant="default"
          disabled={!may || aside === 0 || act.busy}
          onClick={() => void resend()}
        >
          Send again
        </Button>
        <Problem text={act.problem} />
        <p role="status">{answer}</p>
      </Table.Td>
    </Table.Tr>
  );
}

function Aside({ dead }: { readonly dead: readonly SetAside[] }) {
  if (dead.length === 0) return <p className="quiet">Nothing.</p>;
  return (
    <Scroll minWidth={640} label="Set aside">
      <Table aria-label="Set aside" verticalSpacing={4}>
        <TableHead names={['When', 'Receiver', 'News', 'Alert', 'Why']} />
        <Table.Tbody>
          {dead.map((one) => (
            <Table.Tr key={`${one.receiver} ${one.id}`}>
              <Table.Td>
                <Time at={one.at} />
              </Table.Td>
              <Table.Td>{one.receiver}</Table.Td>
              <Table.Td>{one.news}</Table.Td>
              <Table.Td>
                <ShortId id={one.alert_id} href={alertPath(one.alert_id)} />
              </Table.Td>
              <Table.Td>{one.why}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

export function NotificationsView() {
  useTitle('Notifications');
  const query = useNotifications();
  return (
    <>
      <h1>Notifications</h1>
      <Answer query={query} what="the receivers">
        {({ receivers, dead }) =>
          receivers.length === 0 ? (
            <Empty>
              <p>
                Nobody is notified of alerts: start with <code>--notify FILE</code>, which names
                webhooks, Slack, PagerDuty, e-mail or a SIEM.
              </p>
            </Empty>
          ) : (
            <>
              <Scroll minWidth={760} label="Receivers">
                <Table aria-label="Receivers" verticalSpacing={4}>
                  <TableHead names={['Receiver', 'Kind', 'State', 'Sent', 'Set aside', 'Try it']} />
                  <Table.Tbody>
                    {receivers.map((one) => (
                      <Receiver
                        key={one.name}
                        one={one}
                        aside={dead.filter(({ receiver }) => receiver === one.name).length}
                      />
                    ))}
                  </Table.Tbody>
                </Table>
              </Scroll>
              <Section id="aside" title="Set aside" note={plural(dead.length, 'notice')}>
                <Aside dead={dead} />
              </Section>
            </>
          )
        }
      </Answer>
    </>
  );
}
