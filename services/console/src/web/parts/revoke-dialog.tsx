/** Commands a revocation: which access, what it would break and reach, how many people it takes, and why. */
import { Button, Modal, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { type AlertSubject, choicesOf, type Order } from '../../core/choose-order.ts';
import type { Preview } from '../../core/lists/work-model.ts';
import { listOf, plural, reasonWords, shortName } from '../../core/words.ts';
import { respond, usePreview, wireTarget } from '../data/work.ts';
import { Problem, useAct } from './act.tsx';
import { isReason, ReasonField } from './reasoned-button.tsx';

const AGENTS_NAMED_MAX = 5;
const LASTS = ['1h', '4h', '12h', '24h'];

function Previewed({ preview }: { readonly preview: Preview }) {
  const { people, withheld, protects, reaches, in_use: used, days } = preview;
  const reached = reaches.filter((one) => one.withheld === null || one.instead !== null);
  const others = [...new Set(reached.map((one) => shortName(one.agent_uid)))];
  return (
    <div className="card" role="status">
      {withheld !== null && (
        <p>
          <b>It would not be given: {reasonWords(withheld)}</b>
          {protects.length > 0 && ` (${listOf(protects.map(shortName))})`}.
        </p>
      )}
      {!preview.known && (
        <p>
          <b>There is no access to take:</b> this is neither registered nor seen to hold any. A
          gateway or another source of events is nobody’s agent; look at Sources.
        </p>
      )}
      <p>{preview.would_break?.words ?? 'What it would break is not known.'}</p>
      {others.length > 0 && (
        <p>
          It also reaches {listOf(others.slice(0, AGENTS_NAMED_MAX))}
          {others.length > AGENTS_NAMED_MAX && ' and others'}, to whom access was handed on:{' '}
          {plural(reached.length, 'more command')}.
        </p>
      )}
      {used.length > 0 && (
        <p>
          In its last {days} days it was used for{' '}
          {listOf(used.slice(0, 4).map((one) => `${one.system} (${plural(one.calls, 'call')})`))}.
        </p>
      )}
      <p>
        {people > 1
          ? 'It takes two people: it waits 15 minutes for a second one.'
          : 'One person is enough.'}
      </p>
    </div>
  );
}

export function RevokeDialog({
  subjects,
  advised = [],
  alertId,
  tenant,
  onClose,
}: {
  readonly subjects: readonly AlertSubject[];
  readonly advised?: readonly Order[];
  /** Because of which it is given. */
  readonly alertId?: string;
  readonly tenant: string;
  readonly onClose: () => void;
}) {
  const [whose, setWhose] = useState(0);
  const subject = subjects[whose] ?? { agent_uid: '' };
  const choices = choicesOf(subject, tenant, advised);
  const [at, setAt] = useState(0);
  const [lasts, setLasts] = useState('4h');
  const [reason, setReason] = useState('');
  const [answer, setAnswer] = useState('');
  const act = useAct();
  const choice = choices[at] ?? choices[0];
  const target = wireTarget(choice?.target ?? { level: 'agent', tenant_id: '', agent_uid: '' });
  const preview = usePreview(target, choice?.action ?? '');
  const command = async () => {
    const { tenant_id: _, ...of } = target;
    const because = alertId === undefined ? {} : { alert_id: alertId };
    const order = { act: 'order', action: choice?.action, target: of, expires: lasts, reason };
    const body = { ...order, ...because };
    await act.run(async () => setAnswer((await respond(body)).sentence));
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title="Command a revocation"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <div className="stack">
        {subjects.length > 1 && (
          <NativeSelect
            label="Whose access"
            value={String(whose)}
            onChange={(event) => {
              setWhose(Number(event.currentTarget.value));
              setAt(0);
              setAnswer('');
            }}
            data={subjects.map(({ agent_uid }, n) => ({
              value: String(n),
              label: shortName(agent_uid),
            }))}
          />
        )}
        <NativeSelect
          label="What"
          value={String(at)}
          onChange={(event) => {
            setAt(Number(event.currentTarget.value));
            setAnswer('');
          }}
          data={choices.map(({ words }, n) => ({ value: String(n), label: words }))}
        />
        {preview.error !== null && <Problem text={preview.error.message} />}
        {preview.data !== undefined && answer === '' && <Previewed preview={preview.data} />}
        <NativeSelect
          label="For"
          data={LASTS}
          value={lasts}
          onChange={(event) => setLasts(event.currentTarget.value)}
        />
        <ReasonField value={reason} onChange={setReason} />
        <Problem text={act.problem} />
        <p role="status">
          <b>{answer}</b>
        </p>
        <Button
          loading={act.busy}
          disabled={
            !isReason(reason) ||
            preview.data === undefined ||
            preview.data.withheld !== null ||
            !preview.data.known ||
            answer !== ''
          }
          onClick={() => void command()}
        >
          Command it
        </Button>
      </div>
    </Modal>
  );
}
