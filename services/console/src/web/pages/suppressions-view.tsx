/** Suppressions in force and past: what each hides, until when, by whom and why; ending one. */
import { Button, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Suppression } from '../../core/triage/suppression.ts';
import { kindWords, shortName } from '../../core/words.ts';
import { ask } from '../data/answers.ts';
import { useNowMs } from '../data/present.ts';
import { send, useMay } from '../data/session.ts';
import { useTitle } from '../data/title.ts';
import { Problem, useAct } from '../parts/act.tsx';
import { Answer, Empty } from '../parts/answer-states.tsx';
import { Scroll, TableHead } from '../parts/table.tsx';
import { Time } from '../parts/terms.tsx';

const useSuppressions = () =>
  useQuery<{ readonly suppressions: readonly Suppression[] }>({
    queryKey: ['suppressions'],
    queryFn: () => ask('/v1/suppressions'),
  });

function scopeWords({ scope }: Suppression): string {
  const { kind, rule_id: rule, agent_uid: agent, workflow, tool } = scope;
  return [
    ...(kind === undefined ? [] : [kindWords(kind)]),
    ...(rule === undefined ? [] : [`rule ${rule}`]),
    ...(agent === undefined ? [] : [`agent ${shortName(agent)}`]),
    ...(workflow === undefined ? [] : [`workflow ${workflow}`]),
    ...(tool === undefined ? [] : [`tool ${tool}`]),
  ].join(', ');
}

function Row({ one }: { readonly one: Suppression }) {
  const may = useMay('respond');
  const nowMs = useNowMs();
  const act = useAct();
  const isOver = one.endedAt !== null || Date.parse(one.expires) <= nowMs;
  return (
    <Table.Tr>
      <Table.Td>
        <b>{isOver ? 'ended' : 'in force'}</b>
        <Problem text={act.problem} />
      </Table.Td>
      <Table.Td>{scopeWords(one)}</Table.Td>
      <Table.Td>
        <q>{one.reason}</q> <span className="quiet">by {one.by}</span>
      </Table.Td>
      <Table.Td>
        <Time at={one.from} />
      </Table.Td>
      <Table.Td>
        <Time at={one.endedAt ?? one.expires} />
        {one.endedBy !== null && ` by ${one.endedBy}`}
      </Table.Td>
      <Table.Td>
        {!isOver && (
          <Button
            size="compact-xs"
            variant="default"
            disabled={!may || act.busy}
            onClick={() => void act.run(() => send('DELETE', `/v1/suppressions/${one.id}`))}
          >
            End it
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

export function SuppressionsView() {
  useTitle('Suppressions');
  const query = useSuppressions();
  return (
    <>
      <h1>Suppressions</h1>
      <Answer query={query} what="the suppressions">
        {({ suppressions }) =>
          suppressions.length === 0 ? (
            <Empty>
              <p>None. One is given from the page of an alert, and ends by itself.</p>
            </Empty>
          ) : (
            <Scroll minWidth={860} label="Suppressions">
              <Table aria-label="Suppressions" verticalSpacing={4}>
                <TableHead names={['State', 'Alerts that fit', 'Reason', 'From', 'Until', 'End']} />
                <Table.Tbody>
                  {suppressions.toReversed().map((one) => (
                    <Row key={one.id} one={one} />
                  ))}
                </Table.Tbody>
              </Table>
            </Scroll>
          )
        }
      </Answer>
    </>
  );
}
