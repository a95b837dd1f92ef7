/** Closes one alert or many: what was found, why, and what that does beyond the list. */
import { Button, Modal, Radio, Textarea, TextInput } from '@mantine/core';
import type { Classification } from '@waywarden/schemas';
import { useState } from 'react';
import { withoutEffectWords } from '../../../core/verdict-words.ts';
import { plural } from '../../../core/words.ts';
import { changeAlerts, type SeenAlert } from '../../data/triage.ts';
import { Problem, useAct } from '../act.tsx';
import { isReason } from '../reasoned-button.tsx';

const FOUND: readonly (readonly [Classification, string, string])[] = [
  [
    'true_positive',
    'True positive',
    'It was right. Its orders stand until somebody restores them; no baseline learns it as normal.',
  ],
  [
    'benign_expected',
    'Benign (expected)',
    'It was right about what happened, and that is approved. Baselines learn it as normal, rules alert again; its orders are restored.',
  ],
  [
    'false_positive',
    'False positive',
    'It was wrong. Baselines learn it as normal, rules alert again; its orders are restored.',
  ],
  ['duplicate', 'Duplicate', 'Another alert is about the same. Nothing is learnt or restored.'],
];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function Choices({
  found,
  onChange,
}: {
  readonly found: Classification | null;
  readonly onChange: (found: Classification) => void;
}) {
  return (
    <Radio.Group
      label="Classification"
      value={found ?? ''}
      onChange={(value) => {
        const chosen = FOUND.find(([one]) => one === value);
        if (chosen !== undefined) onChange(chosen[0]);
      }}
    >
      <div className="stack">
        {FOUND.map(([value, label, description]) => (
          <Radio key={value} value={value} label={label} description={description} />
        ))}
      </div>
    </Radio.Group>
  );
}

export function CloseDialog({
  alerts,
  opened,
  onClose,
  onDone,
}: {
  readonly alerts: readonly SeenAlert[];
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onDone: (found: Classification) => void;
}) {
  const [found, setFound] = useState<Classification | null>(null);
  const [reason, setReason] = useState('');
  const [of, setOf] = useState('');
  const [waits, setWaits] = useState('');
  const act = useAct();
  const isReady =
    found !== null && isReason(reason) && (found !== 'duplicate' || UUID.test(of.trim()));
  const close = async () => {
    if (found === null) return;
    const duplicate = found === 'duplicate' ? { duplicate_of: of.trim() } : {};
    const change = { state: 'closed', classification: found, ...duplicate } as const;
    let isWhole = true;
    const done = await act.run(async () => {
      const { verdictsRefused: refused } = await changeAlerts(alerts, change, reason);
      if (refused.length === 0) return;
      setWaits(withoutEffectWords(refused));
      isWhole = false;
    });
    if (done && isWhole) onDone(found);
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Close ${plural(alerts.length, 'alert')}`}
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <div className="stack">
        <Choices found={found} onChange={setFound} />
        {found === 'duplicate' && (
          <TextInput
            label="Duplicate of"
            description="id of the alert that stays open"
            value={of}
            onChange={(event) => setOf(event.currentTarget.value)}
          />
        )}
        <Textarea
          label="Reason"
          description="kept in the audit; the next analyst reads it"
          autosize
          minRows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Problem text={act.problem} />
        <p role="status">
          <b>{waits}</b>
        </p>
        {waits !== '' && found !== null && <Button onClick={() => onDone(found)}>Go on</Button>}
        <Button onClick={() => void close()} loading={act.busy} disabled={!isReady || waits !== ''}>
          Close {plural(alerts.length, 'alert')}
        </Button>
      </div>
    </Modal>
  );
}
