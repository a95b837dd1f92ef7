/** The page before any call: how an agent is pointed here, and what arrived that is no call yet. */
import type { NowPage, SeenSource } from '../../core/view-model.ts';
import { clock } from '../data/times.ts';
import { CopyButton } from './copy-button.tsx';

const SAYS = [
  'Write the settings of Claude Code, with the address and the token of this installation.',
  'Start a session with them, in any folder, and let it use a tool.',
  'See what arrives, what is off, and what can not be evaluated without it.',
] as const;

function Step({ command, says }: { readonly command: string; readonly says: string }) {
  return (
    <li>
      {says}
      <pre>{command}</pre>
      <CopyButton text={command} label="Copy" missing={[]} />
    </li>
  );
}

function Arrived({ source }: { readonly source: SeenSource }) {
  const { source: name, requests, observations, last, last_problem: problem } = source;
  return (
    <li>
      <b>{name}</b>: {requests} requests, {observations} observations
      {last !== null && `, the last at ${clock(last)} UTC`}.
      {problem !== null && ` Last problem: ${problem.detail}`}
    </li>
  );
}

function Arriving({ sources }: { readonly sources: readonly SeenSource[] }) {
  if (sources.length === 0) return <p className="quiet">Nothing has arrived yet.</p>;
  return (
    <>
      <p>
        Something arrives. A call is shown some seconds after its end, when all that tells of it has
        come:
      </p>
      <ul>
        {sources.map((source) => (
          <Arrived key={source.source} source={source} />
        ))}
      </ul>
    </>
  );
}

export function ConnectClients({ now }: { readonly now: NowPage }) {
  return (
    <section className="connect" aria-labelledby="connect">
      <h2 id="connect" tabIndex={-1}>
        Connect an agent
      </h2>
      <p>
        Waywarden reads what agents and frameworks send by themselves. With Claude Code it is three
        commands; the first and the third are run in the folder of Waywarden.
      </p>
      <ol>
        {now.connect.map((command, at) => (
          <Step key={command} command={command} says={SAYS[at] ?? ''} />
        ))}
      </ol>
      <p>
        <code>npx waywarden connect</code> lists the others: Codex, LangGraph, the OpenAI Agents
        SDK, the Vercel AI SDK, MCP servers, gateways, and whatever else sends OpenTelemetry.
      </p>
      <Arriving sources={now.sources} />
    </section>
  );
}
