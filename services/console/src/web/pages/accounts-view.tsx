/** Accounts of this installation, for whoever may give roles. */
import { Button, NativeSelect, Table, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { AccountLine } from '../../core/lists/work-model.ts';
import { send, useMay } from '../data/session.ts';
import { useTitle } from '../data/title.ts';
import { useAccounts } from '../data/work.ts';
import { Problem, useAct } from '../parts/act.tsx';
import { Answer } from '../parts/answer-states.tsx';
import { Scroll, TableHead } from '../parts/table.tsx';
import { Time } from '../parts/terms.tsx';

const ROLES = ['viewer', 'analyst', 'responder', 'admin', 'auditor'];

function Row({ one, may }: { readonly one: AccountLine; readonly may: boolean }) {
  const act = useAct();
  const change = (body: object) =>
    void act.run(() => send('PATCH', `/v1/accounts/${encodeURIComponent(one.uid)}`, body));
  return (
    <Table.Tr>
      <Table.Td>
        <b>{one.uid}</b>
        <Problem text={act.problem} />
      </Table.Td>
      <Table.Td>
        <NativeSelect
          size="xs"
          aria-label={`Role of ${one.uid}`}
          disabled={!may || act.busy}
          value={one.role ?? ''}
          onChange={(event) => change({ role: event.currentTarget.value || null })}
          data={[{ value: '', label: 'none' }, ...ROLES]}
        />
      </Table.Td>
      <Table.Td>{one.signs_in_by}</Table.Td>
      <Table.Td>{one.active ? 'yes' : 'not yet'}</Table.Td>
      <Table.Td>
        <Time at={one.created_at} /> by {one.created_by}
      </Table.Td>
      <Table.Td>
        <Button
          size="compact-xs"
          variant="default"
          disabled={!may || act.busy}
          onClick={() => change({ disabled: !one.disabled })}
        >
          {one.disabled ? 'Enable' : 'Disable'}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

function Add() {
  const [uid, setUid] = useState('');
  const [role, setRole] = useState('analyst');
  const [password, setPassword] = useState('');
  const act = useAct();
  const add = () =>
    act.run(async () => {
      const made = await send<{ first_password: string }>('POST', '/v1/accounts', {
        uid: uid.trim(),
        role,
      });
      setPassword(made.first_password);
      setUid('');
    });
  return (
    <section aria-label="Add an account" className="card stack">
      <div className="triage-fields">
        <TextInput
          size="xs"
          label="New account"
          placeholder="ana@acme.example"
          value={uid}
          onChange={(event) => setUid(event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          label="Role"
          data={ROLES}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value)}
        />
      </div>
      <div>
        <Button
          size="compact-sm"
          loading={act.busy}
          disabled={uid.trim() === ''}
          onClick={() => void add()}
        >
          Add
        </Button>
      </div>
      <Problem text={act.problem} />
      <p role="status">
        {password !== '' && (
          <>
            First password, shown once: <code>{password}</code>
          </>
        )}
      </p>
    </section>
  );
}

export function AccountsView() {
  useTitle('Accounts');
  const query = useAccounts();
  const may = useMay('admin');
  return (
    <>
      <h1>Accounts</h1>
      {may && <Add />}
      <Answer query={query} what="the accounts">
        {({ accounts }) => (
          <Scroll minWidth={760} label="Accounts">
            <Table aria-label="Accounts" verticalSpacing={4}>
              <TableHead
                names={['Account', 'Role', 'Signs in by', 'Has signed in', 'Made', 'Access']}
              />
              <Table.Tbody>
                {accounts.map((one) => (
                  <Row key={one.uid} one={one} may={may} />
                ))}
              </Table.Tbody>
            </Table>
          </Scroll>
        )}
      </Answer>
    </>
  );
}
