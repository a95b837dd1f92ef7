import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CurlFacts, connectLines, firstEvent } from '../../api/first-event.ts';

export interface WelcomeFacts {
  readonly version: string;
  readonly data: string;
  readonly curl: CurlFacts;
}

const STOP = 'Stop with Ctrl-C; everything is kept, and the next start goes on from there.';

export function realWelcome({ version, data, curl }: WelcomeFacts): readonly string[] {
  const { send, show } = firstEvent(curl);
  const first = join(data, 'first-password.txt');
  return [
    `Waywarden ${version} is watching.`,
    '',
    `  Page     ${curl.url}/`,
    `  Status   ${curl.url}/v1/status`,
    `  Data     ${data}`,
    `  Token    ${curl.tokenFile} (only you can read it)`,
    ...(existsSync(first) ? [`  Sign in  as admin; the first password: ${first}`] : []),
    '',
    'Connect Claude Code (others: npx waywarden connect):',
    '',
    ...connectLines(data).slice(0, 2),
    '',
    'Or send a first event:',
    '',
    send,
    '',
    'See what became of it (a second later):',
    '',
    show,
    '',
    STOP,
  ];
}

export function demoWelcome({ version, curl }: WelcomeFacts): readonly string[] {
  return [
    `Waywarden ${version}: a demo with made-up agents, on this machine, through the real pipeline.`,
    '',
    `  Watch it at  ${curl.url}/`,
    '',
  ];
}

export function demoNext(url: string, data: string): readonly string[] {
  return [
    '',
    'The story is told; ordinary work goes on, slowly. What next:',
    '',
    `  ${url}/                look at each alert: its proof, what was done, what could not be seen`,
    '  docs/guide-first-alert.md           how to read one',
    '  npm start -- --no-demo              the same for your own agents; prints how to send a first event',
    `  rm -r ${data}    forget the demo (after stopping it)`,
    '',
    STOP,
  ];
}
