/**
 * Spans a second that one core decodes and maps, beside a bare decode of the same bodies in the same
 * run. `--runs N` repeats; prints minimum, median and maximum of each and of their ratio.
 */
import { parseArgs } from 'node:util';
import { CallJoin } from '../src/call-join.ts';
import { decodeOtlp, TRACES } from '../src/otlp/decode.ts';
import { readSpanRecord } from '../src/spans/read-record.ts';

const SPANS_A_BODY = 500;
const BODIES = 40;

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const id = (number: number, bytes: number) => {
  const buffer = Buffer.alloc(bytes, 1);
  buffer.writeUInt32BE(number, bytes - 4);
  return buffer;
};

/** As agents send them: of ten spans two tools, two answers of a model, one run, five of noise. */
function span(number: number) {
  const kind = number % 10;
  const shared = {
    traceId: id(Math.floor(number / 50) + 1, 16),
    spanId: id(number + 1, 8),
    parentSpanId: id(number + 10 - kind, 8),
    startTimeUnixNano: 1_796_062_041_000_000_000 + number,
    endTimeUnixNano: 1_796_062_042_000_000_000 + number,
  };
  const session = text('gen_ai.conversation.id', `session-${Math.floor(number / 50)}`);
  if (kind < 2) {
    const attributes = [
      text('gen_ai.operation.name', 'execute_tool'),
      text('gen_ai.tool.name', 'read_mail'),
      text('gen_ai.tool.call.id', `call_${number}`),
      text('gen_ai.tool.call.arguments', JSON.stringify({ mail_id: `m${number}` })),
      text('gen_ai.tool.call.result', JSON.stringify({ id: number, body: 'x'.repeat(300) })),
      session,
    ];
    return { ...shared, name: 'execute_tool read_mail', attributes };
  }
  if (kind < 4) {
    const call = { type: 'tool_call', id: `call_${number - 2}`, name: 'read_mail', arguments: {} };
    const attributes = [
      text('gen_ai.operation.name', 'chat'),
      text(
        'gen_ai.input.messages',
        JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'Summarise mail.' }] }]),
      ),
      text('gen_ai.output.messages', JSON.stringify([{ role: 'assistant', parts: [call] }])),
      session,
    ];
    return { ...shared, name: 'chat', attributes };
  }
  if (kind === 9) {
    const attributes = [
      text('gen_ai.operation.name', 'invoke_agent'),
      text('gen_ai.agent.name', 'assistant'),
      session,
    ];
    return { ...shared, name: 'invoke_agent assistant', attributes };
  }
  const attributes = ['http.method', 'http.route', 'server.address', 'net.peer.name'].map((key) =>
    text(key, 'value'),
  );
  return { ...shared, name: 'GET /', attributes };
}

function body(index: number): Uint8Array {
  const spans = Array.from({ length: SPANS_A_BODY }, (_, at) => span(index * SPANS_A_BODY + at));
  return TRACES.encode(
    TRACES.fromObject({
      resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans }] }],
    }),
  ).finish();
}

function perSecond(work: () => void): number {
  const started = process.hrtime.bigint();
  work();
  return (SPANS_A_BODY * BODIES * 1e9) / Number(process.hrtime.bigint() - started);
}

const spread = (values: readonly number[], digits = 0) => {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number) =>
    (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(digits);
  return `${at(0)} / ${at(0.5)} / ${at(1)}`;
};

const { values } = parseArgs({ options: { runs: { type: 'string', default: '7' } } });
const bodies = Array.from({ length: BODIES }, (_, index) => body(index));
const bare: number[] = [];
const mapped: number[] = [];
const joined: number[] = [];
for (let run = -1; run < Number(values.runs); run += 1) {
  const decode = perSecond(() => {
    for (const one of bodies) TRACES.decode(one);
  });
  const map = perSecond(() => {
    for (const one of bodies) {
      const decoded = decodeOtlp('traces', one, false);
      if (decoded.ok) for (const record of decoded.records) readSpanRecord(record);
    }
  });
  const join = perSecond(() => {
    const calls = new CallJoin({ quietMs: 5, waitMsMax: 50, observationsMax: 200_000 });
    for (const [index, one] of bodies.entries()) {
      const decoded = decodeOtlp('traces', one, false);
      if (!decoded.ok) continue;
      calls.add(
        decoded.records.flatMap((record) => readSpanRecord(record)),
        index,
      );
      calls.warmedUp(index);
    }
    calls.flush();
  });
  // The first run warms up.
  if (run < 0) continue;
  bare.push(decode);
  mapped.push(map);
  joined.push(join);
}
process.stdout.write(`spans/s, minimum / median / maximum of ${bare.length} runs
bare decode           ${spread(bare)}
decode and map        ${spread(mapped)}
decode, map and join  ${spread(joined)}
bare : mapped         ${spread(
  bare.map((value, at) => value / (mapped[at] ?? 1)),
  2,
)}
`);
