/**
 * What a verdict would do, and the command that gives it by a key of one's own, for the revision that was looked at.
 * Closing the alert (triage-panel.tsx) gives the same verdict, signed by the account that is signed in.
 */
import { NativeSelect, Radio, TextInput } from '@mantine/core';
import type { Alert } from '@waywarden/schemas';
import { Fragment, useState } from 'react';
import { missingOf, verdictCommand } from '../../core/verdict-command.ts';
import type { Found } from '../../core/verdict-model.ts';
import { ordersWithheld, verdictEffects } from '../../core/verdict-words.ts';
import type { AlertPage } from '../../core/view-model.ts';
import { CopyButton } from './copy-button.tsx';

const PREFIX = 'waywarden.';

function read(name: string): string {
  try {
    return localStorage.getItem(PREFIX + name) ?? '';
  } catch {
    return '';
  }
}

/**
 * What a person types on every alert anew (who they are, where their key file lies), kept in this browser alone. Never
 * why: the reason belongs to one alert. A browser that keeps nothing is as good as an empty one.
 */
export function useRemembered(name: string): readonly [string, (value: string) => void] {
  const [value, setValue] = useState(() => read(name));
  const keep = (next: string) => {
    setValue(next);
    try {
      localStorage.setItem(PREFIX + name, next);
    } catch {
      // Then it is typed again.
    }
  };
  return [value, keep];
}

const FOUND: readonly (readonly [Found, string])[] = [
  ['false_positive', 'False positive'],
  ['true_positive', 'True positive'],
];

function Choice({
  found,
  label,
  effects,
}: {
  readonly found: Found;
  readonly label: string;
  readonly effects: readonly string[];
}) {
  const described = `effects-${found}`;
  return (
    <div className="card verdict-choice">
      <Radio value={found} label={<b>{label}</b>} aria-describedby={described} />
      <ul id={described}>
        {effects.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  );
}

function Who({
  operators,
  by,
  onChange,
}: {
  readonly operators: readonly string[];
  readonly by: string;
  readonly onChange: (by: string) => void;
}) {
  return (
    <NativeSelect
      label="Who you are"
      description="people of the registry"
      value={operators.includes(by) ? by : ''}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[{ value: '', label: 'choose' }, ...operators]}
    />
  );
}

/** A flag with its value is not torn apart where the line ends: a browser breaks after each hyphen. */
function Command({ text }: { readonly text: string }) {
  const parts = [...text.matchAll(/(?:^|--).*?(?= --|$)/g)];
  return (
    <pre className="command">
      {parts.map(({ index, 0: part }) => (
        <Fragment key={index}>
          {index > 0 && ' '}
          <span>{part}</span>
        </Fragment>
      ))}
    </pre>
  );
}

function Nobody() {
  return (
    <p className="quiet">
      Nobody can say so yet: the registry names no <code>operators</code>. Make a key with{' '}
      <code>npx waywarden operator-key --by WHO --out FILE</code> and put the line that it prints
      into the registry.
    </p>
  );
}

/** `seen`: the alert as it stood in the revision that is judged. */
export function VerdictForm({ page, seen }: { readonly page: AlertPage; readonly seen: Alert }) {
  const [verdict, setVerdict] = useState<Found | null>(null);
  const [by, setBy] = useRemembered('verdict.by');
  const [keyFile, setKeyFile] = useRemembered('verdict.key');
  const [reason, setReason] = useState('');
  const effects = verdictEffects(seen, ordersWithheld(page.containments));
  const transaction = {
    ...{ alertId: seen.alert_id, tenantId: seen.tenant_id, revision: seen.revision, verdict },
    ...{ by: page.operators.includes(by) ? by : '', keyFile, reason, url: window.location.origin },
  };
  const command = verdictCommand(transaction);
  return (
    <>
      <Radio.Group
        aria-label="Whether the alert was right"
        value={verdict ?? ''}
        onChange={(value) => setVerdict(FOUND.find(([found]) => found === value)?.[0] ?? null)}
      >
        <div className="verdict-choices">
          {FOUND.map(([found, label]) => (
            <Choice
              key={found}
              found={found}
              label={label}
              effects={found === 'false_positive' ? effects.wrong : effects.right}
            />
          ))}
        </div>
      </Radio.Group>
      {effects.limits !== null && <p className="quiet">{effects.limits}</p>}
      {page.operators.length === 0 ? (
        <Nobody />
      ) : (
        <div className="verdict-fields">
          <Who operators={page.operators} by={by} onChange={setBy} />
          <TextInput
            label="Your key file"
            description="where the command will be run"
            placeholder="~/ana.json"
            value={keyFile}
            onChange={(event) => setKeyFile(event.currentTarget.value)}
          />
          <TextInput
            label="Why"
            description="it stands in the audit, and here"
            placeholder="the month-end run, announced in CHG-1234"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </div>
      )}
      <Command text={command} />
      <CopyButton label="Copy the command" text={command} missing={missingOf(transaction)} />
      <p className="quiet">
        Closing the alert gives the same verdict, signed by your account. With a key of your own,
        run the command in a terminal that has your key file. The verdict is signed there, is kept
        in the audited chain, counts for the rules that decided on the alert, and appears above
        within seconds. The last word about an alert counts.
      </p>
    </>
  );
}
