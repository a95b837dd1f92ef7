/** A suppression: narrow, for a time, with what it would have hidden, the true ones first, before it is given. */
import { Button, Checkbox, Modal, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Alert, SuppressionScope } from '@waywarden/schemas';
import { useState } from 'react';
import type {
  AlertListItem,
  SuppressionPreview,
  TriageAnswer,
} from '../../../core/triage/list-model.ts';
import { originalText } from '../../../core/visible-text.ts';
import { kindWords, plural, shortName } from '../../../core/words.ts';
import { send } from '../../data/session.ts';
import { Problem, useAct } from '../act.tsx';
import { isReason, ReasonField } from '../reasoned-button.tsx';
import { SeverityMark } from '../terms.tsx';
import { stateWords } from './alert-table.tsx';

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

type Choice = readonly [keyof SuppressionScope, string, string];

/** What the scope may name; where nothing says which alerts it is of, nothing can be suppressed. */
export interface SuppressedScope {
  readonly choices: readonly Choice[];
  readonly chosen: readonly string[];
  /** Of several alerts: what they do not share. */
  readonly note: string;
}

export function scopeOfAlert(alert: Alert, one: TriageAnswer): SuppressedScope {
  const [tool] = one.tools;
  const agent = alert.subject.agent_uid;
  return {
    choices: [
      ['kind', `Kind: ${kindWords(alert.kind)}`, alert.kind],
      ['rule_id', `Rule: ${alert.rule_id}`, alert.rule_id],
      ['agent_uid', `Agent: ${shortName(agent)}`, originalText(agent)],
      ...(one.workflow === ''
        ? []
        : [['workflow', `Workflow: ${one.workflow}`, originalText(one.workflow)] as const]),
      ...(tool === undefined ? [] : [['tool', `Tool: ${tool}`, originalText(tool)] as const]),
    ],
    chosen: ['kind', 'rule_id', 'agent_uid'],
    note: '',
  };
}

const shared = <T,>(values: readonly T[]): T | undefined =>
  new Set(values).size === 1 ? values[0] : undefined;

/** What all of them have in common, all of it chosen: the narrowest scope that fits each. */
export function scopeOfAll(items: readonly AlertListItem[]): SuppressedScope {
  const kind = shared(items.map((one) => one.alert.kind));
  const rule = shared(items.map((one) => one.alert.rule_id));
  const isOne = items.every((one) => one.group.agents === 1);
  const agent = isOne ? shared(items.map((one) => one.agents[0])) : undefined;
  const workflow = shared(items.map((one) => one.workflow));
  const tool = items[0]?.tools.find((name) => items.every((one) => one.tools.includes(name)));
  const choices: Choice[] = [];
  if (kind !== undefined) choices.push(['kind', `Kind: ${kindWords(kind)}`, kind]);
  if (rule !== undefined) choices.push(['rule_id', `Rule: ${rule}`, rule]);
  if (agent !== undefined) {
    choices.push(['agent_uid', `Agent: ${shortName(agent)}`, originalText(agent)]);
  }
  if (workflow !== undefined && workflow !== '') {
    choices.push(['workflow', `Workflow: ${workflow}`, originalText(workflow)]);
  }
  if (tool !== undefined) choices.push(['tool', `Tool: ${tool}`, originalText(tool)]);
  const missing = [
    ...(kind === undefined && rule === undefined ? ['kind or rule'] : []),
    ...(choices.some(([name]) => name !== 'kind' && name !== 'rule_id')
      ? []
      : ['agent, workflow or tool']),
  ];
  const note =
    missing.length === 0
      ? ''
      : `They share no ${missing.join(' and no ')}, and a scope names both: select fewer.`;
  return { choices, chosen: choices.map(([name]) => name), note };
}

export function SuppressDialog({
  of,
  onClose,
}: {
  readonly of: SuppressedScope;
  readonly onClose: () => void;
}) {
  const [fields, setFields] = useState(of.chosen);
  const [lasts, setLasts] = useState('7d');
  const [reason, setReason] = useState('');
  const act = useAct();
  const scope: SuppressionScope = Object.fromEntries(
    of.choices.filter(([name]) => fields.includes(name)).map(([name, , value]) => [name, value]),
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
        {of.note !== '' && <p role="alert">{of.note}</p>}
        <Checkbox.Group label="All of these must fit" value={[...fields]} onChange={setFields}>
          <div className="stack">
            {of.choices.map(([name, label]) => (
              <Checkbox key={name} value={name} label={label} size="xs" />
            ))}
          </div>
        </Checkbox.Group>
        {of.note === '' && <Preview scope={scope} />}
        <NativeSelect
          label="Expires after"
          data={TIMES}
          value={lasts}
          onChange={(event) => setLasts(event.currentTarget.value)}
        />
        <ReasonField value={reason} onChange={setReason} />
        <Problem text={act.problem} />
        <Button
          loading={act.busy}
          disabled={!isReason(reason) || of.note !== ''}
          onClick={() => void give()}
        >
          Suppress for {lasts}
        </Button>
      </div>
    </Modal>
  );
}
