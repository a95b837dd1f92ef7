/** The work on one alert: its state, who has it, tags, notes and case, who changed what, and how to change it. */
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import type { Alert, Decision } from '@waywarden/schemas';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { advisedOf, subjectsOf } from '../../../core/choose-order.ts';
import type { TriageAnswer } from '../../../core/triage/list-model.ts';
import { alertPath } from '../../data/answers.ts';
import { useKeys } from '../../data/keys.ts';
import { useMay, useSession } from '../../data/session.ts';
import { changeAlerts, usePeople, useTriage } from '../../data/triage.ts';
import { Problem, useAct } from '../act.tsx';
import { Section } from '../answer-states.tsx';
import { RevokeDialog } from '../revoke-dialog.tsx';
import { SeverityMark, Time } from '../terms.tsx';
import { NextAlert, stateWords } from './alert-table.tsx';
import { CloseDialog } from './close-dialog.tsx';
import { SlaPanel } from './sla.tsx';
import { SuppressDialog, scopeOfAlert } from './suppress-dialog.tsx';
import { type Change, isWrong, TriageActs } from './triage-acts.tsx';
import { TuningDialog } from './tuning-dialog.tsx';

const VALUE_SHOWN_MAX = 32;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

const briefOf = ({ state, reopened, triage, sla }: TriageAnswer) => ({
  ...{ state, reopened, assignee: triage.assignee, tags: triage.tags, sla },
  classification: triage.closed?.classification ?? null,
  notes: triage.notes.length,
  last_act: triage.history.at(-1)?.act_id ?? null,
});

function State({ one }: { readonly one: TriageAnswer }) {
  const { closed } = one.triage;
  return (
    <>
      <b>{stateWords(briefOf(one))}</b>
      <SlaPanel sla={one.sla} />
      {closed !== null && (
        <div>
          Closed by {closed.by} <Time at={closed.at} />: <q>{closed.reason}</q>
          {closed.duplicateOf !== null && (
            <>
              {' '}
              Duplicate of{' '}
              <Link href={alertPath(closed.duplicateOf)}>{closed.duplicateOf.slice(0, 8)}</Link>.
            </>
          )}
        </div>
      )}
      {one.suppression !== null && (
        <div>
          Suppressed by {one.suppression.by} until <Time at={one.suppression.expires} />:{' '}
          <q>{one.suppression.reason}</q>
        </div>
      )}
    </>
  );
}

function Assign({ one, change, disabled }: PartProps) {
  const { data } = usePeople();
  const now = one.triage.assignee ?? '';
  const uids = new Set([
    ...(data?.people ?? []).map(({ uid }) => uid),
    ...(now === '' ? [] : [now]),
  ]);
  return (
    <NativeSelect
      size="xs"
      label="Assignee"
      value={now}
      disabled={disabled}
      onChange={(event) => void change({ assignee: event.currentTarget.value || null })}
      data={[
        { value: '', label: 'nobody' },
        ...[...uids].map((uid) => ({ value: uid, label: uid })),
      ]}
    />
  );
}

/** Values that are added one by one, and removed by a button each. */
function Values({
  label,
  what,
  values,
  add,
  remove,
  disabled,
}: {
  readonly label: string;
  /** One of them, for who hears the page. */
  readonly what: string;
  readonly values: readonly string[];
  readonly add: (text: string) => Promise<boolean>;
  readonly remove: (value: string) => void;
  readonly disabled: boolean;
}) {
  const [text, setText] = useState('');
  const addIt = async () => {
    if (text.trim() !== '' && (await add(text.trim()))) setText('');
  };
  return (
    <div>
      <TextInput
        size="xs"
        label={label}
        value={text}
        disabled={disabled}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') void addIt();
        }}
      />
      {values.map((value) => (
        <Button
          key={value}
          size="compact-xs"
          variant="default"
          mt={4}
          mr={4}
          disabled={disabled}
          aria-label={`Remove ${what} ${value}`}
          onClick={() => remove(value)}
        >
          {value.length > VALUE_SHOWN_MAX ? value.slice(0, 8) : value} ✕
        </Button>
      ))}
    </div>
  );
}

interface PartProps {
  readonly one: TriageAnswer;
  readonly change: Change;
  readonly disabled: boolean;
}

function Tags({ one, change, disabled }: PartProps) {
  return (
    <Values
      label="Add a tag"
      what="tag"
      values={one.triage.tags}
      add={(text) => change({ tags_add: [text] })}
      remove={(tag) => void change({ tags_remove: [tag] })}
      disabled={disabled}
    />
  );
}

/** Takes an id, or the address of an alert's page. */
function RelatedAlerts({ one, change, disabled }: PartProps) {
  return (
    <Values
      label="Add a related alert"
      what="related alert"
      values={one.triage.related}
      add={(text) => change({ related_add: [UUID.exec(text)?.[0] ?? text] })}
      remove={(id) => void change({ related_remove: [id] })}
      disabled={disabled}
    />
  );
}

function CaseLink({ one, change, disabled }: PartProps) {
  const { caseLink } = one.triage;
  const [text, setText] = useState(caseLink ?? '');
  return (
    <div>
      <TextInput
        size="xs"
        label="Case link"
        placeholder="https://jira.example/SEC-123"
        value={text}
        disabled={disabled}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') void change({ case_link: text.trim() || null });
        }}
      />
      {caseLink !== null && (
        <a href={caseLink} rel="noreferrer noopener" target="_blank">
          {caseLink}
        </a>
      )}
    </div>
  );
}

function Notes({ one, change, disabled }: PartProps) {
  const [text, setText] = useState('');
  const add = async () => {
    if (await change({ note: text.trim() })) setText('');
  };
  return (
    <div className="stack">
      {one.triage.notes.map((note) => (
        <blockquote key={`${note.at}${note.by}`} className="note">
          <span className="quiet">
            {note.by} · <Time at={note.at} />
          </span>
          <div>{note.text}</div>
        </blockquote>
      ))}
      <Textarea
        size="xs"
        label="Add a note"
        autosize
        minRows={2}
        value={text}
        disabled={disabled}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div>
        <Button
          size="compact-sm"
          variant="default"
          disabled={disabled || text.trim() === ''}
          onClick={() => void add()}
        >
          Add note
        </Button>
      </div>
    </div>
  );
}

function History({ one }: { readonly one: TriageAnswer }) {
  const { history } = one.triage;
  if (history.length === 0) return <p className="quiet">Nobody has worked on it yet.</p>;
  return (
    <details>
      <summary>
        {history.length} {history.length === 1 ? 'change' : 'changes'}, each signed
      </summary>
      <ol className="plain history">
        {history.toReversed().map((entry) => (
          <li key={entry.act_id}>
            <Time at={entry.at} /> <b>{entry.by}</b> {entry.what.join('; ')}
            {entry.reason !== '' && (
              <>
                : <q>{entry.reason}</q>
              </>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}

function Related({ one }: { readonly one: TriageAnswer }) {
  const { incident, campaign, triage } = one;
  return (
    <div>
      {incident.length > 0 && <h3>Others of this incident</h3>}
      <ul className="plain related">
        {incident.map((item) => (
          <li key={item.alert_id}>
            <SeverityMark value={item.alert.severity} />{' '}
            <Link href={alertPath(item.alert_id)}>{item.alert.title}</Link>{' '}
            <span className="quiet">{stateWords(item.triage)}</span>
          </li>
        ))}
        {triage.related.map((id) => (
          <li key={id}>
            <Link href={alertPath(id)}>{id.slice(0, 8)}</Link>
          </li>
        ))}
      </ul>
      {campaign.count > 1 && (
        <p>
          <Link href={`/alerts?state=all&campaign=${encodeURIComponent(campaign.key)}`}>
            {campaign.count.toLocaleString('en-GB')} alerts of this shape
          </Link>
        </p>
      )}
    </div>
  );
}

export function TriagePanel({
  alert,
  decisions,
}: {
  readonly alert: Alert;
  readonly decisions: readonly Decision[];
}) {
  const { data: one } = useTriage(alert.alert_id);
  const [dialog, setDialog] = useState<'close' | 'suppress' | 'revoke' | 'tune' | null>(null);
  const act = useAct();
  const { data: session } = useSession();
  const isOff = !useMay('triage') || act.busy;
  const lastAct = one?.triage.history.at(-1)?.act_id ?? null;
  const seen = useMemo(
    () => [{ alert_id: alert.alert_id, revision: alert.revision, last_act: lastAct }],
    [alert.alert_id, alert.revision, lastAct],
  );
  const change: Change = (to, reason) => act.run(() => changeAlerts(seen, to, reason));
  const me = session?.uid ?? null;
  useKeys(
    useMemo(
      () => ({
        c: () => setDialog('close'),
        r: () => setDialog('revoke'),
        a: () => {
          if (me !== null)
            void act.run(() => changeAlerts(seen, { state: 'in_progress', assignee: me }));
        },
      }),
      [act.run, me, seen],
    ),
  );
  if (one === undefined) return null;
  const part = { one, change, disabled: isOff };
  const advised = advisedOf(alert, decisions);
  return (
    <Section id="triage" title="Triage">
      <div className="card stack">
        <State one={one} />
        <TriageActs
          one={one}
          act={act}
          change={change}
          onClose={() => setDialog('close')}
          onRevoke={() => setDialog('revoke')}
          onSuppress={() => setDialog('suppress')}
          onTune={() => setDialog('tune')}
        />
        <div className="acts">
          <NextAlert key={alert.alert_id} than={alert.alert_id} />
        </div>
        <Problem text={act.problem} />
        <div className="triage-fields">
          <Assign {...part} />
          <Tags {...part} />
          <RelatedAlerts {...part} />
          <CaseLink key={one.triage.caseLink} {...part} />
        </div>
        <Notes {...part} />
        <History one={one} />
        <Related one={one} />
      </div>
      <CloseDialog
        alerts={seen}
        opened={dialog === 'close'}
        onClose={() => setDialog(null)}
        onDone={(found) => setDialog(isWrong(found) ? 'tune' : null)}
      />
      {dialog === 'revoke' && (
        <RevokeDialog
          subjects={subjectsOf(alert, advised)}
          advised={advised}
          alertId={alert.alert_id}
          tenant={alert.tenant_id}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'tune' && (
        <TuningDialog alertId={alert.alert_id} onClose={() => setDialog(null)} />
      )}
      {dialog === 'suppress' && (
        <SuppressDialog of={scopeOfAlert(alert, one)} onClose={() => setDialog(null)} />
      )}
    </Section>
  );
}
