/** Who is signed in; signing in, the first password, and changing who one is in the demo. */
import { Button, Menu, Modal, PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import type { SessionAnswer } from '../../core/triage/list-model.ts';
import { send, useSession } from '../data/session.ts';
import { Problem, useAct } from './act.tsx';

const PASSWORD_LENGTH_MIN = 12;

function SignInForm({
  oidc,
  onDone,
}: {
  readonly oidc: string | null;
  readonly onDone: () => void;
}) {
  const [uid, setUid] = useState('');
  const [password, setPassword] = useState('');
  const act = useAct();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await act.run(() => send('POST', '/v1/session', { uid, password }))) onDone();
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="stack">
      {oidc !== null && (
        <p>
          <a href={oidcPath()}>Sign in with {oidc}</a>
        </p>
      )}
      <TextInput
        label="Account"
        autoComplete="username"
        value={uid}
        data-autofocus
        onChange={(event) => setUid(event.currentTarget.value)}
      />
      <PasswordInput
        label="Password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Problem text={act.problem} />
      <Button type="submit" loading={act.busy} disabled={uid === '' || password === ''}>
        Sign in
      </Button>
    </form>
  );
}

function ChangePassword({ uid }: { readonly uid: string }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const act = useAct();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act.run(() => send('POST', '/v1/session/password', { current, next }));
  };
  return (
    <form onSubmit={submit} className="stack">
      <p>Somebody else knows the password of {uid}. Choose one that only you know.</p>
      <PasswordInput
        label="Present password"
        autoComplete="current-password"
        value={current}
        onChange={(event) => setCurrent(event.currentTarget.value)}
      />
      <PasswordInput
        label="New password"
        description={`at least ${PASSWORD_LENGTH_MIN} characters`}
        autoComplete="new-password"
        value={next}
        onChange={(event) => setNext(event.currentTarget.value)}
      />
      <Problem text={act.problem} />
      <Button type="submit" loading={act.busy} disabled={next.length < PASSWORD_LENGTH_MIN}>
        Change password
      </Button>
    </form>
  );
}

/** Back to this very page. */
function oidcPath(): string {
  const { pathname, search } = window.location;
  return `/v1/session/oidc?to=${encodeURIComponent(`${pathname}${search}`)}`;
}

function AccountMenu({ session }: { readonly session: SessionAnswer }) {
  const others = session.demo_accounts.filter((uid) => uid !== session.uid);
  const act = useAct();
  const become = (uid: string) =>
    void act.run(() => send('POST', '/v1/session', { demo_account: uid }));
  return (
    <>
      <Problem text={act.problem} />
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="subtle" size="compact-sm">
            {session.uid} ({session.role ?? 'no role here'})
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {others.map((uid) => (
            <Menu.Item key={uid} onClick={() => become(uid)}>
              Become {uid}
            </Menu.Item>
          ))}
          {session.permissions.includes('read') && (
            <Menu.Item component={Link} href="/tokens">
              API tokens
            </Menu.Item>
          )}
          {session.permissions.includes('audit') && (
            <>
              <Menu.Item component={Link} href="/accounts">
                Accounts
              </Menu.Item>
              <Menu.Item component={Link} href="/audit">
                Audit
              </Menu.Item>
              <Menu.Item component={Link} href="/notifications">
                Notifications
              </Menu.Item>
            </>
          )}
          <Menu.Item onClick={() => void act.run(() => send('DELETE', '/v1/session'))}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

export function SignIn() {
  const { data: session } = useSession();
  const [open, setOpen] = useState(false);
  if (session === undefined) return null;
  const close = { 'aria-label': 'Close' };
  return (
    <>
      {session.uid === null ? (
        <Button variant="default" size="compact-sm" onClick={() => setOpen(true)}>
          Sign in
        </Button>
      ) : (
        <AccountMenu session={session} />
      )}
      <Modal opened={open} onClose={() => setOpen(false)} title="Sign in" closeButtonProps={close}>
        <SignInForm oidc={session.oidc} onDone={() => setOpen(false)} />
      </Modal>
      <Modal
        opened={session.uid !== null && session.must_change}
        onClose={() => undefined}
        withCloseButton={false}
        title="Change the first password"
      >
        <ChangePassword uid={session.uid ?? ''} />
      </Modal>
    </>
  );
}
