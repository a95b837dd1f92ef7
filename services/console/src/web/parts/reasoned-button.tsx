/** A button for an act that needs a reason: it asks for one, sends, and says what became of it. */
import { Button, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../data/use-act.ts';
import { respond } from '../data/work.ts';
import { Problem } from './problem.tsx';
import { isReason } from './reason-field.tsx';

export function ReasonedButton({
  label,
  title,
  body,
  disabled,
}: {
  readonly label: string;
  readonly title: string;
  /** What is sent, with the reason beside. */
  readonly body: object;
  readonly disabled: boolean;
}) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [answer, setAnswer] = useState('');
  const act = useAct();
  const give = () =>
    act.run(async () => {
      setAnswer((await respond({ ...body, reason })).sentence);
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
          <Button loading={act.busy} disabled={!isReason(reason)} onClick={() => void give()}>
            {label}
          </Button>
        </div>
      </Modal>
    </>
  );
}
