/** A suppression: narrow, for a time, with what it would have hidden, the true ones first, before it is given. */
import { Button, Checkbox, Modal, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Alert, SuppressionScope } from '@waywarden/schemas';
import { useState } from 'react';
import type { SuppressionPreview, TriageAnswer } from '../../core/triage/list-model.ts';
import { originalText } from '../../core/visible-text.ts';
import { kindWords, plural, shortName } from '../../core/words.ts';
import { send } from '../data/session.ts';
import { useAct } from '../data/use-act.ts';
import { stateWords } from './alert-table.tsx';
import { Problem } from './problem.tsx';
import { isReason, ReasonField } from './reason-field.tsx';
import { SeverityMark } from './terms.tsx';

const TIMES = ['12h', '1d', '7d', '30d', '90d'];

function usePreview(scope: SuppressionScope) {
  return useQuery<SuppressionPreview>({
    queryKey: ['preview', JSON.stringify(scope)],
    queryFn: () => previewOf(scope),
    retry: false,
  });
}

async function previewOf(scope: SuppressionScope): Promise<SuppressionPreview> {
  return send<SuppressionPreview>('POST', '/v1/suppressions/preview', scope, false);
}

function Preview({ scope }: { readonly scope: SuppressionScope }) {
  const { data, error } = usePreview(scope);
  if (error !== null) return <Problem text={error.message} />;
  if (data === undefined) return <p className="quiet">Looking at the last 30 days…</p>;
  return (
    <div role="status">
      <p>
        In the last {data.days} days it would have hidden{' '}
        <b>{plural(data.would_have_hidden, 'alert')}</b>, {data.true_positives} of them closed as
        true positives. Alerts that are open now ({data.open}) stay open.
      </p>
      <ul className="plain related">
        {data.examples.map((item) => (
          <li key={item.alert_id}>
            <SeverityMark value={item.alert.severity} /> {item.alert.title}{' '}
            <span className="quiet">{stateWords(item.triage)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function SuppressDialog({
  alert,
  one,
  onClose,
}: {
  readonly alert: Alert;
  readonly one: TriageAnswer;
  readonly onClose: () => void;
}) {
  const [tool] = one.tools;
  const options = [
    ['kind', `Kind: ${kindWords(alert.kind)}`, alert.kind],
    ['rule_id', `Rule: ${alert.rule_id}`, alert.rule_id],
    [
      'agent_uid',
      `Agent: ${shortName(alert.subject.agent_uid)}`,
      originalText(alert.subject.agent_uid),
    ],
    ...(one.workflow === ''
      ? []
      : [['workflow', `Workflow: ${one.workflow}`, one.workflow] as const]),
    ...(tool === undefined ? [] : [['tool', `Tool: ${tool}`, tool] as const]),
  ] as const;
  const [fields, setFields] = useState<readonly string[]>(['kind', 'rule_id', 'agent_uid']);
  const [lasts, setLasts] = useState('7d');
  const [reason, setReason] = useState('');
  const act = useAct();
  const scope: SuppressionScope = Object.fromEntries(
    options.filter(([name]) => fields.includes(name)).map(([name, , value]) => [name, value]),
  );
  const give = async () => {
    const body = { scope, expires_in: lasts, reason };
    if (await act.run(() => send('POST', '/v1/suppressions', body))) onClose();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title="Suppress alerts like this"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <div className="stack">
        <p>
          Alerts that fit leave the queue. Rules go on deciding on them; containment is unchanged.
        </p>
        <Checkbox.Group label="All of these must fit" value={[...fields]} onChange={setFields}>
          <div className="stack">
            {options.map(([name, label]) => (
              <Checkbox key={name} value={name} label={label} size="xs" />
            ))}
          </div>
        </Checkbox.Group>
        <Preview scope={scope} />
        <NativeSelect
          label="Expires after"
          data={TIMES}
          value={lasts}
          onChange={(event) => setLasts(event.currentTarget.value)}
        />
        <ReasonField value={reason} onChange={setReason} />
        <Problem text={act.problem} />
        <Button loading={act.busy} disabled={!isReason(reason)} onClick={() => void give()}>
          Suppress for {lasts}
        </Button>
      </div>
    </Modal>
  );
}
