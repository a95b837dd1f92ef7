/** What a verdict would do, and the command that gives it by a key of one's own, where nobody is signed in to close. */
import { NativeSelect, Radio, TextInput } from '@mantine/core';
import type { Alert } from '@waywarden/schemas';
import { Fragment, useState } from 'react';
import type { Found } from '../../core/verdict-model.ts';
import { missingOf, verdictCommand } from '../../core/verdict-model.ts';
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

/** What a person would type on every alert anew, in this browser alone. */
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

interface JudgedProps {
  readonly page: AlertPage;
  /** In the revision that is judged. */
  readonly seen: Alert;
}

export function Effects({ page, seen, asChoice }: JudgedProps & { readonly asChoice: boolean }) {
  const effects = verdictEffects(seen, ordersWithheld(page.containments));
  return (
    <>
      <div className="verdict-choices">
        {FOUND.map(([found, label]) => (
          <div key={found} className="card verdict-choice">
            {asChoice ? (
              <Radio value={found} label={<b>{label}</b>} aria-describedby={`effects-${found}`} />
            ) : (
              <b>{label}</b>
            )}
            <ul id={`effects-${found}`}>
              {(found === 'false_positive' ? effects.wrong : effects.right).map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      {effects.limits !== null && <p className="quiet">{effects.limits}</p>}
    </>
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

/** A flag with its value is not torn apart at a line's end. */
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

export function VerdictForm({ page, seen }: JudgedProps) {
  const [verdict, setVerdict] = useState<Found | null>(null);
  const [by, setBy] = useRemembered('verdict.by');
  const [keyFile, setKeyFile] = useRemembered('verdict.key');
  const [reason, setReason] = useState('');
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
        <Effects page={page} seen={seen} asChoice />
      </Radio.Group>
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
        Run the command in a terminal that has your key file. The verdict is signed there, is kept
        in the audited chain, counts for the rules that decided on the alert, and appears above
        within seconds. The last word about an alert counts.
      </p>
    </>
  );
}
