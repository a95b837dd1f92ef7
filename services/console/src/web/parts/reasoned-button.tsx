/** A button for an act that needs a reason: it asks for one, sends, and says what became of it. */
import { Button, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { Problem, useAct } from './act.tsx';

const REASON_LENGTH_MIN = 3;

export const isReason = (text: string) => text.trim().length >= REASON_LENGTH_MIN;

/** Why somebody does it: asked of every act. */
export function ReasonField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <Textarea
      label="Reason"
      autosize
      minRows={2}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function ReasonedButton({
  label,
  title,
  give,
  disabled,
}: {
  readonly label: string;
  readonly title: string;
  /** Sends it; resolves to what became of it. */
  readonly give: (reason: string) => Promise<string>;
  readonly disabled: boolean;
}) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [answer, setAnswer] = useState('');
  const act = useAct();
  const send = () =>
    act.run(async () => {
      setAnswer(await give(reason));
      setOpen(false);
    });
  return (
    <>
      <Button size="compact-sm" variant="default" disabled={disabled} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <span role="status" className="quiet">
        {answer !== '' && ` ${answer}`}
      </span>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={title}
        closeButtonProps={{ 'aria-label': 'Cancel' }}
      >
        <div className="stack">
          <Textarea
            label="Reason"
            autosize
            minRows={2}
            value={reason}
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Problem text={act.problem} />
          <Button loading={act.busy} disabled={!isReason(reason)} onClick={() => void send()}>
            {label}
          </Button>
        </div>
      </Modal>
    </>
  );
}
