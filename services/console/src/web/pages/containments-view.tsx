/** Containment actions with their state, the newest first; restoring one gives access back. */
import { NativeSelect, Table } from '@mantine/core';
import { Link, useSearchParams } from 'wouter';
import type { ContainmentRow } from '../../core/lists/work-model.ts';
import { actionWords, ENDED } from '../../core/words.ts';
import { alertPath, containmentPath } from '../data/answers.ts';
import { useMay } from '../data/session.ts';
import { useTitle } from '../data/title.ts';
import { given, useContainments } from '../data/work.ts';
import { Answer, Empty } from '../parts/answer-states.tsx';
import { ReasonedButton } from '../parts/reasoned-button.tsx';
import { Scroll, TableHead } from '../parts/table.tsx';
import { Agent, ShortId, Time } from '../parts/terms.tsx';

/** Said no stronger than it is proven. */
const STATE_WORDS: Readonly<Record<string, string>> = {
  issued: 'commanded',
  carried_out: 'done',
  applied_usable_until: 'applied; tokens given before still pass',
  applied_re_mintable: 'applied; a new token could be had',
  contained: 'applied, not confirmed yet',
  unconfirmed: 'applied, never confirmed',
};
const stateWords = (state: string) => STATE_WORDS[state] ?? state.replaceAll('_', ' ');
const REPORTS: ReadonlySet<string> = new Set(['restore', 'probe']);

function Row({ one, may }: { readonly one: ContainmentRow; readonly may: boolean }) {
  const [alert] = one.alert_ids;
  const isInForce = !ENDED.has(one.state) && !REPORTS.has(one.action);
  return (
    <Table.Tr>
      <Table.Td>
        <Link href={containmentPath(one.command_id)}>{stateWords(one.state)}</Link>
      </Table.Td>
      <Table.Td>
        <Agent uid={one.agent_uid} />
      </Table.Td>
      <Table.Td>{actionWords(one.action, one.target)}</Table.Td>
      <Table.Td>
        <Time at={one.issued_at} />
      </Table.Td>
      <Table.Td>
        {one.clock.order_to_applied_ms === null ? '–' : `${one.clock.order_to_applied_ms} ms`}
      </Table.Td>
      <Table.Td>{one.denied?.at == null ? '–' : <Time at={one.denied.at} short />}</Table.Td>
      <Table.Td>
        <Time at={one.expires_at} short />
      </Table.Td>
      <Table.Td>
        {alert === undefined ? '–' : <ShortId id={alert} href={alertPath(alert)} />}
      </Table.Td>
      <Table.Td>
        {isInForce && (
          <ReasonedButton
            label="Restore"
            title={`Restore: ${actionWords(one.action, one.target)}`}
            give={given({ act: 'restore', order_id: one.command_id })}
            disabled={!may}
          />
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Board({
  lines,
  state,
}: {
  readonly lines: readonly ContainmentRow[];
  readonly state: string;
}) {
  const may = useMay('respond');
  const shown = lines.filter((one) => state === '' || one.state === state);
  if (shown.length === 0) {
    return (
      <Empty>
        <p>No containment action {state === '' ? 'yet' : `is ${stateWords(state)}`}.</p>
      </Empty>
    );
  }
  return (
    <Scroll minWidth={1200} label="Containment actions">
      <Table verticalSpacing={4} aria-label="Containment actions">
        <TableHead
          names={[
            'State',
            'Agent',
            'Action',
            'Commanded',
            'Applied after',
            'Denied a call',
            'Ends',
            'Alert',
            'Undo',
          ]}
        />
        <Table.Tbody>
          {shown.map((one) => (
            <Row key={one.command_id} one={one} may={may} />
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

export function ContainmentsView() {
  useTitle('Containment');
  const [params, setParams] = useSearchParams();
  const state = params.get('state') ?? '';
  const query = useContainments();
  const states = [...new Set((query.data?.containments ?? []).map((one) => one.state))].toSorted();
  return (
    <>
      <h1>Containment actions</h1>
      <div className="filters">
        <NativeSelect
          label="State"
          size="xs"
          value={state}
          onChange={(event) =>
            setParams(event.currentTarget.value === '' ? {} : { state: event.currentTarget.value })
          }
          data={[
            { value: '', label: 'Any' },
            ...states.map((one) => ({ value: one, label: stateWords(one) })),
          ]}
        />
      </div>
      <Answer query={query} what="the containment actions">
        {(page) => <Board lines={page.containments} state={state} />}
      </Answer>
    </>
  );
}
