/** API tokens of whoever is signed in: made for a program, shown once, revoked. */
import { Button, Checkbox, NativeSelect, Table, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { TokenLine } from '../../core/lists/work-model.ts';
import { send, useSession } from '../data/session.ts';
import { useTitle } from '../data/title.ts';
import { useTokens } from '../data/work.ts';
import { Problem, useAct } from '../parts/act.tsx';
import { Answer } from '../parts/answer-states.tsx';
import { Scroll, TableHead } from '../parts/table.tsx';
import { Time } from '../parts/terms.tsx';

const DAYS = ['1', '30', '90', '365'];

function Add() {
  const permissions = useSession().data?.permissions ?? [];
  const [label, setLabel] = useState('');
  const [days, setDays] = useState('90');
  const [scopes, setScopes] = useState<readonly string[]>(['read']);
  const [token, setToken] = useState('');
  const act = useAct();
  const add = () =>
    act.run(async () => {
      const body = { label: label.trim(), scopes, days: Number(days) };
      const made = await send<{ readonly token: string }>('POST', '/v1/tokens', body);
      setToken(made.token);
      setLabel('');
    });
  const toggle = (scope: string, isOn: boolean) =>
    setScopes(isOn ? [...scopes, scope] : scopes.filter((one) => one !== scope));
  return (
    <section aria-label="Make a token" className="card stack">
      <div className="triage-fields">
        <TextInput
          size="xs"
          label="What it is for"
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          label="Days"
          data={DAYS}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
      </div>
      <fieldset className="plain">
        <legend>It may</legend>
        {permissions.map((scope) => (
          <Checkbox
            key={scope}
            size="md"
            mb={8}
            label={scope}
            checked={scopes.includes(scope)}
            onChange={(event) => toggle(scope, event.currentTarget.checked)}
          />
        ))}
      </fieldset>
      <div>
        <Button
          size="compact-sm"
          loading={act.busy}
          disabled={label.trim() === '' || scopes.length === 0}
          onClick={() => void add()}
        >
          Make it
        </Button>
      </div>
      <Problem text={act.problem} />
      <p role="status">
        {token !== '' && (
          <>
            Shown once: <code>{token}</code>
          </>
        )}
      </p>
    </section>
  );
}

function Row({ one }: { readonly one: TokenLine }) {
  const act = useAct();
  const isOver = Date.parse(one.expires) <= Date.now();
  return (
    <Table.Tr>
      <Table.Td>
        <b>{one.label}</b>
        <Problem text={act.problem} />
      </Table.Td>
      <Table.Td>{one.scopes.join(', ')}</Table.Td>
      <Table.Td>
        <Time at={one.created_at} />
      </Table.Td>
      <Table.Td>
        {isOver ? 'ended ' : ''}
        <Time at={one.expires} />
      </Table.Td>
      <Table.Td>
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Revoke ${one.label}`}
          loading={act.busy}
          onClick={() => void act.run(() => send('DELETE', `/v1/tokens/${one.id}`))}
        >
          Revoke
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

export function TokensView() {
  useTitle('API tokens');
  return (
    <>
      <h1>API tokens</h1>
      <Add />
      <Answer query={useTokens()} what="your tokens">
        {({ tokens }) =>
          tokens.length === 0 ? (
            <p className="quiet">You have none.</p>
          ) : (
            <Scroll minWidth={640} label="API tokens">
              <Table aria-label="API tokens" verticalSpacing={4}>
                <TableHead names={['For', 'May', 'Made', 'Ends', 'Revoke']} />
                <Table.Tbody>
                  {tokens.map((one) => (
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
